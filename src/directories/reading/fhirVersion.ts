import type { FhirVersion } from '../../definitions/shape/delivery.ts';

interface VersionedEndpoint {
  /** Null when the address says nothing, which is common and means nothing. */
  readonly version: FhirVersion | null;
  /** The address with the version taken out, in lower case: equal for the same server's other versions. */
  readonly unversioned: string;
}

/** Argonaut is the implementation guide of DSTU2; MEDITECH's addresses name it in place of the version. */
const spellings: Readonly<Record<string, FhirVersion>> = {
  dstu2: 'DSTU2',
  r2: 'DSTU2',
  argonaut: 'DSTU2',
  stu3: 'STU3',
  dstu3: 'STU3',
  r3: 'STU3',
  r4: 'R4',
};
const marker = /^(?:fhir[-_]?)?(dstu2|r2|argonaut|stu3|dstu3|r3|r4)(?:[-_]?fhir)?$/;

/**
 * The version that a directory's text names, by its release (`R4`, `DSTU2`) or its number (`4.0.1`, 4.3 counts as
 * R4); null for none, undefined for anything else.
 */
export function parseFhirVersion(text: string): FhirVersion | null | undefined {
  const given = text.trim().toLowerCase();
  if (given === '') return null;
  if (Object.hasOwn(spellings, given)) return spellings[given];
  const [, major = ''] = /^([134])(?:\.\d+){1,2}$/.exec(given) ?? [];
  return ({ '1': 'DSTU2', '3': 'STU3', '4': 'R4' } as const)[major];
}

/**
 * The FHIR version that a normalised endpoint names, in a whole segment of its path or else in a whole label of
 * its host.
 *
 * Only whole ones count: tenants' random identifiers contain "R4" by accident. The first one decides.
 */
export function findFhirVersion(endpoint: string): VersionedEndpoint {
  const [host = '', ...segments] = endpoint.slice('https://'.length).toLowerCase().split('/');
  const labels = host.split('.');
  const inPath = segments.findIndex((segment) => marker.test(segment));
  const inHost = inPath === -1 ? labels.findIndex((label) => marker.test(label)) : -1;
  const found = marker.exec(segments[inPath] ?? labels[inHost] ?? '')?.[1];
  if (inPath !== -1) segments[inPath] = '*';
  if (inHost !== -1) labels[inHost] = '*';
  const version = found === undefined ? null : (spellings[found] ?? null);
  return { version, unversioned: [labels.join('.'), ...segments].join('/') };
}
