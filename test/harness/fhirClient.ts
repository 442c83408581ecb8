import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import type { FhirAccess } from '../../src/definitions/shape/delivery.ts';
import { createAddressPatterns } from '../../src/sandbox/data/addressPatterns.ts';
import { answerDataCall } from '../../src/sandbox/data/answerDataCall.ts';
import { listPeople } from '../../src/sandbox/data/people.ts';
import type { SandboxAnswer, SandboxPerson } from '../../src/sandbox/server/sandboxCall.ts';
import { definitions, now } from './definedClient.ts';
import { createFakeClock } from './fakeClock.ts';

/** A resource as a client gets it. */
export interface Found {
  readonly resourceType: string;
  readonly id: string;
  readonly meta: { readonly lastUpdated: string };
}

export interface Bundle {
  readonly resourceType: 'Bundle';
  readonly total: number;
  readonly link: readonly { readonly relation: string; readonly url: string }[];
  readonly entry?: readonly {
    readonly fullUrl: string;
    readonly resource: Found;
    readonly search: { readonly mode: 'match' | 'include' };
  }[];
}

export const fhirDefinitions = definitions.filter((definition) => findAccess(definition) !== undefined);

function findAccess({ delivery }: NamedDefinition): FhirAccess | undefined {
  return delivery !== undefined && 'fhir' in delivery ? delivery.fhir : undefined;
}

interface Setting {
  readonly base?: string;
  readonly scopes?: readonly string[];
  readonly at?: number;
  readonly place?: number;
}

export type FhirClient = ReturnType<typeof createFhirClient>;

/** A client of a sandbox's FHIR server as the definition tells one to be. */
export function createFhirClient(definition: NamedDefinition, setting: Setting = {}) {
  const access = findAccess(definition);
  if (access === undefined) throw new Error(`${definition.slug} has no FHIR server`);
  const { at = now, place = 1 } = setting;
  const base = setting.base ?? baseOf(definition);
  const person: SandboxPerson = listPeople(definition)[place]!;
  const { auth } = definition;
  const all =
    auth.kind === 'none' ? [] : auth.scopes.filter(({ ask }) => ask !== 'never').map(({ name }) => name);
  const { scopes = all } = setting;
  const patterns = createAddressPatterns(definition);

  const get = (url: string, headers: Record<string, string> = {}): SandboxAnswer => {
    const call = { definition, method: 'GET', url: new URL(url), headers, form: {}, body: new Uint8Array() };
    const answer = answerDataCall(call, { person, scopes }, { clock: createFakeClock(at), patterns });
    if (answer === undefined) throw new Error(`${url} is no address of data`);
    return answer;
  };
  const search = (type: string, parameters: Record<string, string>, patientParameter = 'patient') =>
    get(
      `${base}/${type}?${new URLSearchParams({ [patientParameter]: person.userID, ...parameters }).toString()}`,
    );
  return {
    access,
    at,
    base,
    person,
    get,
    search,
    read: (reference: string) => get(`${base}/${reference}`, { accept: 'application/fhir+json' }),
    referencesIn,
    /** Whether the type is one of R4 in this definition. */
    isR4: (type: string) =>
      access.resources.some((one) => one.type === type && (one.versions?.includes('R4') ?? true)),
    /** Matches of every search that the definition makes, page by page. */
    searchAll: ({ count, upTo = Infinity }: { count?: number; upTo?: number } = {}): Found[] => {
      const found = new Map<string, Found>();
      for (const { type, searches = [{}], byReference, versions, patientParameter } of access.resources) {
        if (byReference === true || !(versions?.includes('R4') ?? true)) continue;
        for (const parameters of searches) {
          const size = count === undefined ? {} : { _count: String(count) };
          let answer: SandboxAnswer | undefined = search(type, { ...parameters, ...size }, patientParameter);
          const seen: string[] = [];
          while (answer !== undefined) {
            const { json, status }: SandboxAnswer = answer;
            const bundle = json as Bundle;
            // Epic tells an empty result so.
            if (status === 404) break;
            for (const { resource, search: how, fullUrl } of bundle.entry ?? []) {
              const name = `${resource.resourceType}/${resource.id}`;
              if (fullUrl !== `${base}/${name}`) throw new Error(`${fullUrl} is no address of ${name}`);
              if (how.mode === 'include') continue;
              if (seen.includes(name)) throw new Error(`${name} came twice`);
              seen.push(name);
              found.set(name, resource);
            }
            const next: string | undefined = bundle.link.find(({ relation }) => relation === 'next')?.url;
            if (next !== undefined && !next.startsWith(`${base}/`))
              throw new Error(`${next} is on another server`);
            if (next === undefined && seen.length !== bundle.total)
              throw new Error(`${seen.length} of ${bundle.total}`);
            answer = next === undefined || seen.length >= upTo ? undefined : get(next);
          }
        }
      }
      return [...found.values()];
    },
  };
}

function baseOf(definition: NamedDefinition): string {
  if (definition.kind === 'vendor') return 'https://fhir.example.org/interconnect/api/FHIR/R4';
  const { regions, fhirBase = '' } = definition;
  return fhirBase.replace('{host}', regions?.values[regions.default]?.host ?? '');
}

/** References, and addresses of attachments. */
function referencesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inside]: [string, unknown]) =>
    typeof inside === 'string'
      ? name === 'reference' || (name === 'url' && inside.startsWith('Binary/'))
        ? [inside]
        : []
      : referencesIn(inside),
  );
}
