import { Type } from 'typebox';
import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { noSuchProvider } from '../../catalogue/errors.ts';
import { IntegerID, parseIntegerID } from '../../contract/scalars.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { invalidRequest } from '../../platform/http/errors.ts';
import { connectJourney } from '../connectJourney.ts';

const verifierHash = Type.String({
  pattern: '^[A-Za-z0-9_-]{43}$',
  description:
    'Unpadded base64url of the SHA-256 of a fresh verifier, which follows in the fragment of the address. Needed unless the study allows clients without it.',
});

/** A participant wants to connect a provider. */
export const route = defineDelegatedRoute({
  operationID: 'connectExternalAccountProvider',
  method: 'POST',
  path: '/api/v1/delegated/externalaccountproviders/:providerID/connect',
  summary: 'Begin to connect a provider',
  description:
    'Gives an address for the participant’s browser, which can be used once and for ten minutes. Clients append #verifier=….',
  parameters: Type.Object({ providerID: IntegerID }),
  query: Type.Object({
    finalRedirectPath: Type.Optional(
      Type.String({
        maxLength: 4000,
        description:
          'Absolute address to which the browser returns; %SUCCESSVALUE% in it becomes true or false. Its origin or app scheme must be on the list of the study.',
      }),
    ),
    verifierHash: Type.Optional(verifierHash),
  }),
  scope: 'ExternalAccounts:write',
  answers: {
    200: {
      description: 'The address, as a JSON string.',
      content: { 'application/json': Type.String({ format: 'uri' }) },
    },
  },
  answer: async (call, services, { projectID, participantID, actor }) => {
    const providerID = parseIntegerID(call.parameters['providerID'] ?? '');
    if (providerID === undefined)
      throw new DomainError(noSuchProvider, 'There is no provider with this number.');
    const { finalRedirectPath, verifierHash: hash } = call.query;
    if (hash !== undefined && !/^[A-Za-z0-9_-]{43}$/.test(hash))
      throw new DomainError(
        invalidRequest,
        'verifierHash must be the unpadded base64url SHA-256 of the verifier: 43 characters.',
      );
    const address = await connectJourney.startJourney(services, {
      ...{ projectID, participantID, actor, providerID },
      finalRedirect: finalRedirectPath === '' ? undefined : finalRedirectPath,
      verifierHash: hash,
    });
    return { status: 200, body: JSON.stringify(address) };
  },
});
