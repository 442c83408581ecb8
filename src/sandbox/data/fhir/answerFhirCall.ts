import type { NamedDefinition } from '../../../definitions/defineProvider.ts';
import type { SandboxAnswer, SandboxCall, SandboxReader } from '../../server/sandboxCall.ts';
import { describeLife } from '../life/life.ts';
import { buildRecord } from './buildRecord.ts';
import { pageOf } from './bundle.ts';
import type { Chart, FhirRecord } from './chart.ts';
import { mayRead } from './fhirScopes.ts';
import { localiseResource } from './localiseResource.ts';
import { refuseFhir, tellNothing, withType } from './outcome.ts';
import { matchSearch } from './search.ts';
import { readFhirAddress, type FhirAddress, type FhirServer } from './server.ts';
import { writeVersion } from './writeVersion.ts';

interface Reading {
  readonly definition: NamedDefinition;
  readonly server: FhirServer;
  readonly patientID: string;
  readonly url: URL;
  /** Of the record, in R4, what is of these types and released. */
  list(wants: (type: string) => boolean): readonly FhirRecord[];
  /** Resources as this server writes them. */
  write(resources: readonly FhirRecord[]): readonly FhirRecord[];
}

/**
 * What a FHIR server answers: reads, searches of one type, and `$everything` where the definition says so; undefined
 * for an address that is none of a FHIR server. Only the reader's own record exists for her: another's is not found.
 */
export function answerFhirCall(
  call: SandboxCall,
  reader: SandboxReader,
  now: number,
): SandboxAnswer | undefined {
  const { definition, url, method, headers } = call;
  const address = readFhirAddress(definition, url);
  if (address === undefined || method !== 'GET') return undefined;
  const { server, type } = address;
  if (!isAcceptable(headers.accept)) return { status: 406 };
  if (!server.has(type)) return refuseFhir(definition, 'item', server);
  if (!mayRead(definition, reader.scopes, type)) return refuseFhir(definition, 'scope', server);
  const chart = chartOf(server, reader);
  const reading: Reading = {
    definition,
    server,
    url,
    patientID: reader.person.userID,
    list: (wants) => buildRecord(chart, now, (one) => wants(one) && mayRead(definition, reader.scopes, one)),
    write: (resources) =>
      resources.flatMap((one) => writeVersion(localiseResource(chart, one), server.version)),
  };
  if (address.isEverything) return everything(reading, address);
  return address.id === undefined ? search(reading, address) : read(reading, address, headers.accept);
}

function isAcceptable(accept = '*/*'): boolean {
  return /\*\/\*|json|text\/plain/.test(accept);
}

function chartOf(server: FhirServer, { person }: SandboxReader): Chart {
  return {
    life: describeLife(person),
    patientID: person.userID,
    serves: (type) => server.has(type) || (type === 'MedicationRequest' && server.has('MedicationOrder')),
  };
}

/** DSTU2 has two types for what R4 calls a request for medication. */
function typeInR4(type: string): string {
  return ['MedicationOrder', 'MedicationStatement'].includes(type) ? 'MedicationRequest' : type;
}

function read(reading: Reading, { type, id }: FhirAddress, accept = ''): SandboxAnswer {
  const { definition, server } = reading;
  const all = reading.list((one) => one === typeInR4(type));
  const found = reading
    .write(all.filter((one) => id?.endsWith(one.id)))
    .find((one) => one.resourceType === type && one.id === id);
  if (found === undefined) return refuseFhir(definition, 'item', server);
  // Whoever does not ask for FHIR gets the contents themselves (HL7 FHIR R4, Binary).
  if (type === 'Binary' && !accept.includes('json'))
    return {
      status: 200,
      headers: { 'content-type': String(found.contentType) },
      text: Buffer.from(String(found.data), 'base64').toString(),
    };
  return withType({ status: 200, json: found }, server);
}

function everything(reading: Reading, { type, id }: FhirAddress): SandboxAnswer {
  const { definition, server, patientID } = reading;
  if (server.access.everything !== true || type !== 'Patient' || id !== patientID)
    return refuseFhir(definition, 'item', server);
  const all = reading.list(() => true);
  return page(reading, { matches: reading.write(all), record: [] });
}

function search(reading: Reading, { type }: FhirAddress): SandboxAnswer {
  const { definition, server, url, patientID } = reading;
  const whose = namesOf(server, type).flatMap((name) => url.searchParams.getAll(name));
  const fits = matchSearch(url.searchParams);
  const isNamed = whose.length > 0 || server.access.patientByToken === true;
  if (!isNamed || fits === undefined || isTooEarly(server, url))
    return refuseFhir(definition, 'range', server);
  if (whose.some((name) => name.replace(/^Patient\//, '') !== patientID))
    return refuseFhir(definition, 'item', server);
  const asksMore = ['_include', '_revinclude'].some((name) => url.searchParams.has(name));
  const record = reading.list((one) => asksMore || one === typeInR4(type));
  const matches = record.filter((one) => one.resourceType === typeInR4(type) && fits(one));
  const written = reading.write(matches).filter((one) => one.resourceType === type);
  return page(reading, { matches: written, record: asksMore ? reading.write(record) : [] });
}

function page(
  { definition, server, url }: Reading,
  found: { readonly matches: readonly FhirRecord[]; readonly record: readonly FhirRecord[] },
): SandboxAnswer {
  const nothing = found.matches.length === 0 ? tellNothing(definition, server) : undefined;
  if (nothing !== undefined) return nothing;
  const json = pageOf({ server, url, ...found });
  return json === undefined
    ? refuseFhir(definition, 'page', server)
    : withType({ status: 200, json }, server);
}

/** Parameters that name the patient: the definition's, and those of the standard. */
function namesOf({ access }: FhirServer, type: string): readonly string[] {
  const own = access.resources
    .filter((one) => one.type === type)
    .map((one) => one.patientParameter ?? 'patient');
  return [...new Set([...own, 'subject', ...(type === 'Patient' ? ['_id'] : [])])];
}

/** Blue Button refuses searches for changes before its data began. */
function isTooEarly({ access: { lastUpdatedSince = '' } }: FhirServer, url: URL): boolean {
  return url.searchParams
    .getAll('_lastUpdated')
    .some((text) => /^g[et]/.test(text) && text.slice(2, 12) < lastUpdatedSince);
}
