import type { Quirk } from '../played/quirk.ts';

const outcome = (code: string, coding: string) => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code, details: { coding: [{ code: coding }], text: 'Said by the sandbox.' } }],
});

export const quirk: Quirk = {
  refusals: [
    { phases: ['data'], status: 429, json: outcome('transient', 'MSG_UNKNOWN_TYPE') },
    { phases: ['data'], status: 400, json: outcome('required', 'MSG_RESOURCE_ID_MISSING') },
    { phases: ['data'], status: 404, json: outcome('not-found', 'MSG_NO_MATCH') },
  ],
};
