import type { DocumentedErrors } from '../../builders/documentedRefusal.ts';

export const documented: DocumentedErrors = { nothing: 'There is no interface that could be called.' };
