import type { Documented } from '../builders/documented.ts';
import { documented as refusals } from './refusals/googleFit.ts';

/** Google Fit. */
export const documented: Documented = {
  readOn: '2026-11-29',
  authorization: {
    nothing: 'It is closed to new applications since 2024-05-01, and nothing is called.',
  },
  answerToCode: {
    nothing: 'It is closed to new applications since 2024-05-01, and nothing is called.',
  },
  answerToRefresh: {
    nothing: 'It is closed to new applications since 2024-05-01, and nothing is called.',
  },
  revocation: {
    nothing: 'It is closed to new applications since 2024-05-01, and nothing is called.',
  },
  data: {
    nothing: 'It is closed to new applications since 2024-05-01, and nothing is called.',
  },
  webhooks: {
    nothing: 'It is closed to new applications since 2024-05-01, and nothing is called.',
  },
  refusals,
};
