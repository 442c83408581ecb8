import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/libreView.ts';

/** Abbott LibreView. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    nothing: 'Abbott publishes no interface, and nothing is called.',
  },
  answerToCode: {
    nothing: 'Abbott publishes no interface, and nothing is called.',
  },
  answerToRefresh: {
    nothing: 'Abbott publishes no interface, and nothing is called.',
  },
  revocation: {
    nothing: 'Abbott publishes no interface, and nothing is called.',
  },
  data: {
    nothing: 'Abbott publishes no interface, and nothing is called.',
  },
  webhooks: {
    nothing: 'Abbott publishes no interface, and nothing is called.',
  },
  refusals,
};
