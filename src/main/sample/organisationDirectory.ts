import type { ProviderCategory } from '../../contract/provider.ts';
import { createSeededRandom } from '../../platform/random/seededRandom.ts';
import { inventedPlans, inventedProviders } from './organisations.ts';

/** Where an invented organisation would keep its records, as a directory says it. */
export interface ListedOrganisation {
  readonly name: string;
  readonly category: Extract<ProviderCategory, 'Provider' | 'Health Plan'>;
  /** Base address of a FHIR server. */
  readonly endpoint: string;
  /** The vendor of its system; empty for one that no definition knows. */
  readonly publisher: string;
}

/** How a vendor's servers are addressed, by the organisation's own domain. */
type Layout = (site: { readonly domain: string; readonly name: string }) => string;

interface Vendor {
  readonly publisher: string;
  readonly layout: Layout;
}

const epic: Vendor = {
  publisher: 'Epic',
  layout: ({ domain }) => `https://epicproxy.${domain}/FHIR-PRD/api/FHIR/R4`,
};
const cerner: Vendor = {
  publisher: 'Cerner',
  layout: ({ domain, name }) => `https://fhir-myrecord.${domain}/r4/${createSeededRandom(name).uuid()}`,
};
const meditech: Vendor = {
  publisher: 'MEDITECH',
  layout: ({ domain }) => `https://fhir.${domain}:8443/v2/uscore/R4`,
};
/** All practices on one server: whoever has connected one of them is told by the others. */
const athena: Vendor = {
  publisher: 'AthenaHealth',
  layout: () => 'https://api.platform.shared-practices.example.org/fhir/r4',
};
const eClinicalWorks: Vendor = {
  publisher: 'eClinicalWorks',
  layout: ({ domain }) => `https://fhir4.${domain}/fhir/r4/PRACTICE`,
};
const nextGen: Vendor = {
  publisher: 'NextGen_Healthcare',
  layout: ({ domain }) => `https://fhir.${domain}/nge/prod/fhir-api-r4/fhir/r4`,
};
const veradigm: Vendor = {
  publisher: 'Veradigm',
  layout: ({ domain }) => `https://fhir.${domain}/R4/fhir-10028551`,
};
const unknown: Vendor = { publisher: '', layout: ({ domain }) => `https://fhir.${domain}/r4` };
const aetna: Vendor = {
  publisher: 'Medicare_Aetna',
  layout: ({ domain }) => `https://api.${domain}/fhir/v2`,
};

/** Dealt out in turn. */
const vendors: readonly Vendor[] = [
  ...[epic, cerner, epic, meditech, athena, unknown, epic, cerner, veradigm],
  ...[eClinicalWorks, nextGen, athena],
];
const planSystems: readonly Vendor[] = [unknown, aetna, unknown];

/**
 * The sample's hospitals, practices and plans with addresses, each at a vendor that many real ones use, so that they
 * can be searched for and connected in the sandbox. The same in every installation.
 *
 * Their hosts are below `example.org`, which is nobody's (RFC 2606): directories refuse `.example` itself, because no
 * server of the public internet can have it.
 */
export const organisationDirectory: readonly ListedOrganisation[] = [
  ...deal(inventedProviders, 'Provider', vendors),
  ...deal(inventedPlans, 'Health Plan', planSystems),
];

/** The same as a directory file (`docs/guides/directories.md`, "Columns of a CSV"). */
export function writeOrganisationDirectory(): string {
  const columns = ['name', 'category', 'endpoint', 'publisher', 'fhirVersion'];
  const lines = organisationDirectory.map(({ name, category, endpoint, publisher }) =>
    [name, category, endpoint, publisher, 'R4'].map((text) => `"${text.replaceAll('"', '""')}"`),
  );
  return [columns, ...lines].map((fields) => `${fields.join(',')}\n`).join('');
}

function deal(
  names: readonly string[],
  category: ListedOrganisation['category'],
  turns: readonly Vendor[],
): ListedOrganisation[] {
  return names.map((name, index) => {
    const { publisher, layout } = turns[index % turns.length] ?? unknown;
    return { name, category, publisher, endpoint: layout({ domain: `${labelOf(name)}.example.org`, name }) };
  });
}

/** `cedar-hollow`: the first two words. */
function labelOf(name: string): string {
  const plain = name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return (plain.match(/[a-z]+/g) ?? []).slice(0, 2).join('-');
}
