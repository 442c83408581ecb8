import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import type { ClientAuthentication } from '../../src/definitions/shape/auth.ts';
import { smart, smartErrors, smartScopes, wholeRecord } from '../../src/definitions/smart.ts';
import { readRecord, usCoreTypes } from '../../src/definitions/usCore.ts';

export interface RecordVendor {
  readonly slug: string;
  readonly name: string;
  /** Host of its FHIR servers. */
  readonly host: string;
  readonly clientAuthentication: ClientAuthentication;
  /** Newest version of scopes that it is asked for. Default: v2. */
  readonly scopeVersion?: 'v1' | 'v2';
  /** Parameters that it wants beside the standard's. */
  readonly authorizeParameters?: Readonly<Record<string, string>>;
}

/** A vendor of health records that does not exist and follows SMART App Launch 2.2 to the letter. */
export function buildRecordDefinition(vendor: RecordVendor): NamedDefinition {
  const { slug, name, host, clientAuthentication, scopeVersion = 'v2', authorizeParameters } = vendor;
  return {
    slug,
    kind: 'vendor',
    name,
    category: 'Provider',
    checkedOn: '2026-11-22',
    sources: ['HL7 SMART App Launch 2.2'],
    recognises: { hosts: [host] },
    auth: {
      ...smart,
      scopeVersion,
      pkce: 'required',
      clientAuthentication: [clientAuthentication],
      scopes: [
        smartScopes.launchPatient,
        smartScopes.openid,
        smartScopes.fhirUser,
        smartScopes.offlineAccess,
        ...wholeRecord(usCoreTypes),
      ],
      ...(authorizeParameters === undefined ? {} : { authorizeParameters }),
      grantsPer: 'uncertain',
      refresh: {
        policy: 'rotating',
        accessTokenLifetimeS: 'unknown',
        refreshTokenLifetimeS: 14 * 86_400,
        keepAliveEveryS: 7 * 86_400,
      },
    },
    errors: smartErrors,
    rateLimits: [],
    delivery: {
      by: 'fhir',
      fhir: { versions: ['R4'], resources: readRecord(usCoreTypes), pageSize: 50 },
    },
  };
}
