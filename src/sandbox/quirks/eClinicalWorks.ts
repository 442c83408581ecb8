import type { Quirk } from '../played/quirk.ts';

export const quirk: Quirk = {
  refusals: [
    {
      phases: ['data'],
      status: 400,
      headers: { 'content-type': 'application/json+fhir;charset=UTF-8' },
      json: {
        resourceType: 'OperationOutcome',
        text: {
          status: 'generated',
          div: '<div xmlns="http://www.w3.org/1999/xhtml"><h1>Operation Outcome</h1></div>',
        },
        issue: [{ severity: 'error', code: 'processing', diagnostics: 'Said by the sandbox.' }],
      },
    },
  ],
};
