import type { DocumentedErrors } from '../../builders/documentedRefusal.ts';

export const documented: DocumentedErrors = {
  nothing: 'Recorded answers of the sandbox and one sample client show successes only.',
};
