import type { DocumentedErrors } from '../../builders/documentedRefusal.ts';

export const documented: DocumentedErrors = {
  nothing: 'developers.humana.com and recorded answers of its sandbox show successes only.',
};
