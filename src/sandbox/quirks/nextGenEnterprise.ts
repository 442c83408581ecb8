import type { Quirk } from '../played/quirk.ts';

/** Issues have no code. */
const outcome = {
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', diagnostics: 'Said by the sandbox.' }],
};

export const quirk: Quirk = {
  refusals: [
    { phases: ['data'], status: 403, json: outcome },
    { phases: ['data'], status: 404, json: outcome },
  ],
};
