import { Type } from 'typebox';
import { defineRoute } from '../../platform/http/defineRoute.ts';

/** What somebody sees who opens the service's address in a browser. */
export const route = defineRoute({
  operationID: 'getOverview',
  method: 'GET',
  path: '/',
  summary: 'What this service is and where its parts are',
  caller: 'none',
  answers: { 200: { description: 'A short text.', content: { 'text/plain': Type.String() } } },
  answer: (_call, { publicUrl }: { readonly publicUrl: string }) =>
    Promise.resolve({
      status: 200,
      contentType: 'text/plain; charset=utf-8',
      body: [
        'Tributary: the external accounts of health studies.',
        '',
        `API description     ${publicUrl}/openapi.json`,
        `Access tokens       ${publicUrl}/identityserver/connect/token`,
        `External accounts   ${publicUrl}/api/v1/administration/projects/PROJECT/externalAccounts`,
        `Data Scopes export  ${publicUrl}/api/v1/administration/projects/PROJECT/exports/data-scopes`,
        `Readiness           ${publicUrl}/readyz`,
        '',
      ].join('\n'),
    }),
});
