import type { DocumentedErrors } from '../../builders/documentedRefusal.ts';

export const documented: DocumentedErrors = { nothing: 'The interface is closed, and never called.' };
