import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientAuthentication } from '../../../src/definitions/shape/auth.ts';
import type { Clock } from '../../../src/platform/time/clock.ts';
import type { TestKeyPair } from '../../builders/clientAssertion.ts';
import type { RegisteredProof } from './judgeClient.ts';
import type { GivenCode } from './judgeTokenRequest.ts';
import type { Accuse } from './rules.ts';

export const loginHost = 'login.strict.example';
export const fhirHost = 'fhir.strict.example';
export const issuer = `https://${loginHost}`;
export const tokenUrl = `${issuer}/token`;
export const revocationUrl = `${issuer}/revoke`;
export const fhirBase = `https://${fhirHost}/r4`;

/** Whose answer the redirect says it is (RFC 9207). */
export type IssuerVariant =
  | 'right'
  /** The metadata promise it and the answer lacks it. */
  | 'missing'
  | 'wrong'
  /** Another server's, which exists. */
  | 'of-another-server'
  /** Neither promised nor sent: nothing is wrong with that. */
  | 'not-advertised';

export interface StrictServerOptions {
  readonly clientAuthentication: ClientAuthentication;
  /** The version of scopes that is asked for and announced, alone. Default: v2. */
  readonly scopeVersion?: 'v1' | 'v2';
  /** Default: right. */
  readonly iss?: IssuerVariant;
  /** Where it may redirect to; any address unless given. */
  readonly redirectUris?: readonly string[];
  /** Parameters that the vendor wants beside the standard's. */
  readonly authorizeParameters?: Readonly<Record<string, string>>;
  /** What expires is judged by. Default: the system's. */
  readonly clock?: Clock;
}

/** What the server knows and remembers. */
export interface ServerState {
  readonly options: StrictServerOptions &
    Required<Pick<StrictServerOptions, 'scopeVersion' | 'iss' | 'clock' | 'authorizeParameters'>>;
  readonly clientID: string;
  readonly proof: RegisteredProof;
  readonly signing: TestKeyPair;
  readonly codes: Map<string, GivenCode>;
  readonly tokens: Set<string>;
  readonly seen: Readonly<Record<'states' | 'challenges' | 'nonces' | 'assertions', Set<string>>>;
}

/** One request, and whom to tell what is wrong with it. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly state: ServerState;
  readonly accuse: Accuse;
  /** Whether this request was convicted of anything so far. */
  readonly isGuilty: () => boolean;
}
