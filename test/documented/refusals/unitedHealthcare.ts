import type { DocumentedErrors } from '../../builders/documentedRefusal.ts';

export const documented: DocumentedErrors = {
  nothing: 'The page on interoperability names addresses, and no refusal.',
};
