import type { Secret } from '../platform/config/secret.ts';
import type { Credentials } from '../definitions/credentials.ts';
import type { ConnectableDefinition } from '../definitions/connectable.ts';
import type { ProviderDoor } from './providerDoor.ts';

/** One provider as this installation reaches it: how, as whom, and through which door. */
export interface ProviderConnection {
  readonly definition: ConnectableDefinition;
  readonly credentials: Credentials;
  readonly door: ProviderDoor;
  /** Base address of its FHIR server, without a trailing slash; for `smart`, and for plans that have one. */
  readonly fhirBase?: string;
  /** The same address as it was published, letter by letter; left out where that is `fhirBase`. */
  readonly publishedBase?: string;
}

/**
 * Where a provider's authorization server is and what it says about itself: from the definition, or discovered.
 * Names are those of RFC 8414. Kept with a journey, so that its end talks to the server that its beginning named.
 */
export interface AuthorizationServerFacts {
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly issuer?: string;
  readonly revocation_endpoint?: string;
  readonly introspection_endpoint?: string;
  readonly jwks_uri?: string;
  /** RFC 9207 section 3: a redirect without `iss` is refused. */
  readonly authorization_response_iss_parameter_supported?: boolean;
  readonly token_endpoint_auth_methods_supported?: readonly string[];
  readonly token_endpoint_auth_signing_alg_values_supported?: readonly string[];
  readonly code_challenge_methods_supported?: readonly string[];
  /** SMART App Launch 2.2, "Capabilities". */
  readonly capabilities?: readonly string[];
  /** Page on which the patient sees and ends the access of applications. */
  readonly management_endpoint?: string;
}

/**
 * What a provider gave for a participant's consent. Tokens are wrapped: they leave it for the vault, for a call to the
 * provider, and for nothing else.
 */
export interface FreshGrant {
  readonly accessToken: Secret;
  /** Left out where the provider gives none. */
  readonly refreshToken?: Secret;
  /** Milliseconds since the epoch, by our clock; left out where nothing is known. */
  readonly accessExpiresAt?: number;
  /** The same of the refresh token. */
  readonly refreshExpiresAt?: number;
  /** A fixed end of the consent, whatever is refreshed. */
  readonly grantEndsAt?: number;
  /** Granted, in the provider's names and order; never what was only asked for, unless the definition says so. */
  readonly scopes: readonly string[];
  /** The provider's name for the person; left out where it is first told with the data. */
  readonly userID?: string;
  /** Her name at the provider that this one succeeds. Google Health: Fitbit's. */
  readonly predecessorUserID?: string;
  /**
   * Whether the person who logged in acts for another one (SMART: `fhirUser` is not the patient); left out where
   * the provider does not say.
   */
  readonly isProxy?: boolean;
}
