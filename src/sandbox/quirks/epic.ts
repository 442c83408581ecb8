import type { Quirk } from '../played/quirk.ts';

const outcome = (code: string, issue: { severity: string; code: string }) => ({
  resourceType: 'OperationOutcome',
  issue: [
    {
      ...issue,
      details: {
        coding: [
          { system: 'urn:oid:1.2.840.114350.1.13.0.1.7.2.657369', code, display: 'Said by the sandbox.' },
        ],
        text: 'Said by the sandbox.',
      },
    },
  ],
});

export const quirk: Quirk = {
  neverTold: { refresh: ['need_patient_banner'] },
  refusals: [
    {
      phases: ['data'],
      status: 403,
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope", error_description="Not granted"' },
    },
    { phases: ['data'], status: 400, json: outcome('59108', { severity: 'fatal', code: 'required' }) },
    { phases: ['data'], status: 200, json: outcome('4101', { severity: 'warning', code: 'not-found' }) },
    { phases: ['data'], status: 404, json: outcome('4113', { severity: 'fatal', code: 'processing' }) },
    { phases: ['data'], status: 403, json: outcome('4135', { severity: 'fatal', code: 'processing' }) },
  ],
};
