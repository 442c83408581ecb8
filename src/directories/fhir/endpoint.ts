import { cleanName } from '../reading/cleanName.ts';
import type { FhirVersion } from '../../definitions/shape/delivery.ts';
import { parseFhirVersion } from '../reading/fhirVersion.ts';
import { normaliseEndpoint } from '../reading/normaliseEndpoint.ts';
import type { SkipReason } from '../reading/skipReasons.ts';
import { codesOf, extensionsOf, objectOf, textOf, type Unknowns } from './fhirValues.ts';
import { readReference, type Reference } from './organisation.ts';

/** What of an Endpoint is kept. */
export interface Endpoint {
  /** The server's base address, or why it cannot be used. */
  readonly reading:
    { readonly endpoint: string; readonly published: string } | { readonly refusal: SkipReason };
  /** As given, cut, for the report. */
  readonly address: string;
  /** Null when neither the resource nor its address says it. */
  readonly fhirVersion: FhirVersion | null;
  readonly name: string;
  /** The organisation that runs it; null when the resource names none. */
  readonly managing: Reference | null;
}

/** States of FHIR's endpoint-status in which nobody can connect; suspended and error pass. */
const unusable = new Set(['off', 'entered-in-error', 'test']);

/** An Endpoint of FHIR R4 or R5, with the version that SMART App Launch 2.2 adds (endpoint-fhir-version). */
export function readEndpoint(resource: Unknowns): Endpoint {
  const address = textOf(resource.address);
  const kinds = codesOf(resource.connectionType).map(({ code }) => code);
  const refusal: SkipReason | undefined =
    kinds.length > 0 && !kinds.some((code) => code.startsWith('hl7-fhir'))
      ? 'not-fhir'
      : unusable.has(textOf(resource.status))
        ? 'endpoint-not-in-use'
        : undefined;
  return {
    reading: refusal === undefined ? normaliseEndpoint(address) : { refusal },
    address: address.slice(0, 300),
    fhirVersion: readFhirVersion(resource),
    name: cleanName(textOf(resource.name)),
    managing:
      resource.managingOrganization === undefined
        ? null
        : readReference(objectOf(resource.managingOrganization)),
  };
}

/** A server that speaks several versions on one address is taken for the newest that studies can use. */
function readFhirVersion(resource: Unknowns): FhirVersion | null {
  const versions = extensionsOf(resource, 'endpoint-fhir-version').map((element) =>
    parseFhirVersion(textOf(element.valueCode)),
  );
  return (['R4', 'STU3', 'DSTU2'] as const).find((version) => versions.includes(version)) ?? null;
}
