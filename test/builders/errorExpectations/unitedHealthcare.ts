import type { DocumentedErrors } from '../errorExpectations.ts';

export const documented: DocumentedErrors = {
  nothing: 'The page on interoperability names addresses, and no refusal.',
};
