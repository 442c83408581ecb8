import { Type } from 'typebox';
import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { noSuchProvider } from '../../catalogue/errors.ts';
import { IntegerID } from '../../contract/scalars.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import type { ConnectParts } from '../connectParts.ts';
import { redirectLengthMax } from '../../projects/redirectTargets.ts';
import { startJourney } from '../steps/startJourney.ts';

const verifierHash = Type.String({
  pattern: '^[A-Za-z0-9_-]{43}$',
  expected: 'the unpadded base64url SHA-256 of the verifier: 43 characters',
  description:
    'Unpadded base64url of the SHA-256 of a fresh verifier, which follows in the fragment of the address. Needed unless the study allows clients without it.',
});

/** Clients send the parameter without a value when they want to be led nowhere. */
const finalRedirectPath = Type.Codec(
  Type.String({
    maxLength: redirectLengthMax,
    description:
      'Absolute address to which the browser returns; %SUCCESSVALUE% in it becomes true or false. Its origin or app scheme must be on the list of the study.',
  }),
)
  .Decode((text) => (text === '' ? undefined : text))
  .Encode((address) => address ?? '');

const absent = () => {
  throw new DomainError(noSuchProvider, 'There is no provider with this number.');
};

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
    finalRedirectPath: Type.Optional(finalRedirectPath),
    verifierHash: Type.Optional(verifierHash),
  }),
  scope: 'ExternalAccounts:connect',
  answers: {
    200: {
      description: 'The address, as a JSON string.',
      content: { 'application/json': Type.String({ format: 'uri' }) },
    },
  },
  absent,
  answer: async ({ caller, parameters: { providerID }, query }, parts: ConnectParts) => {
    const { projectID, participantID, actor } = caller;
    const address = await startJourney(parts, {
      projectID,
      participantID,
      actor,
      providerID,
      finalRedirect: query.finalRedirectPath,
      verifierHash: query.verifierHash,
    });
    return { status: 200, body: JSON.stringify(address) };
  },
});
