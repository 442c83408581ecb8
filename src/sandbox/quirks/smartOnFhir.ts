import type { Quirk } from '../played/quirk.ts';

const outcome = (code: string) => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code }],
});

export const quirk: Quirk = {
  refusals: [{ phases: ['data'], status: 404, json: outcome('not-found') }],
};
