import type { DocumentedErrors } from '../errorExpectations.ts';

export const documented: DocumentedErrors = {
  nothing: 'The configuration of the server is all that was found.',
};
