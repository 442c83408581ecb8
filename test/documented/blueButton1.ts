import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/blueButton1.ts';

/** Medicare’s Blue Button 2.0, version 1. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    nothing: 'It takes no new connection, and its pages are those of version 2 now.',
  },
  answerToCode: {
    nothing: 'It takes no new connection, and its pages are those of version 2 now.',
  },
  answerToRefresh: {
    nothing: 'It takes no new connection, and its pages are those of version 2 now.',
  },
  revocation: {
    nothing: 'It takes no new connection, and its pages are those of version 2 now.',
  },
  data: {
    nothing: 'It takes no new connection, and its pages are those of version 2 now.',
  },
  webhooks: {
    nothing: 'It takes no new connection, and its pages are those of version 2 now.',
  },
  refusals,
};
