import type { DocumentedErrors } from '../../builders/documentedRefusal.ts';

export const documented: DocumentedErrors = {
  nothing: 'The public overview and three public clients show addresses and fields, and no refusal.',
};
