import type { DocumentedErrors } from '../errorExpectations.ts';

export const documented: DocumentedErrors = {
  nothing: 'The public overview and three public clients show addresses and fields, and no refusal.',
};
