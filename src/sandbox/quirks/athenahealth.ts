import type { Quirk } from '../played/quirk.ts';

const forbidden = (...expression: readonly string[]) => ({
  resourceType: 'OperationOutcome',
  issue: [{ details: { text: 'Said by the sandbox.' }, expression, severity: 'fatal', code: 'forbidden' }],
});

/** A type that was not granted and a search that lacks a parameter look alike. */
export const quirk: Quirk = {
  refusals: [
    { phases: ['data'], status: 403, json: forbidden('ServiceRequest') },
    { phases: ['data'], status: 403, json: forbidden('patient,intent', '_id') },
  ],
};
