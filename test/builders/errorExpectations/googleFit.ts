import type { DocumentedErrors } from '../errorExpectations.ts';

export const documented: DocumentedErrors = { nothing: 'The interface is closed, and never called.' };
