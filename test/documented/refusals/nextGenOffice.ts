import type { DocumentedErrors } from '../../builders/documentedRefusal.ts';

export const documented: DocumentedErrors = {
  nothing: 'The configuration of the server is all that was found.',
};
