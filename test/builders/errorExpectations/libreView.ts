import type { DocumentedErrors } from '../errorExpectations.ts';

export const documented: DocumentedErrors = { nothing: 'There is no interface that could be called.' };
