import type { AccountStatus } from '../contract/externalAccount.ts';
import type { ProviderCategory, ProviderObject } from '../contract/provider.ts';
import type { Catalogue } from '../definitions/catalogue.ts';
import { judgeOffer, type Offer } from './offers/judgeOffer.ts';

/** A provider as the database knows it. */
export interface ProviderFacts {
  readonly id: number;
  readonly name: string;
  readonly category: ProviderCategory;
  /** Slug; null for a provider that nothing of this release connects. */
  readonly definition: string | null;
  /** False when an operator has closed it for all studies; `message` is for participants then, null for our words. */
  readonly enabled: boolean;
  readonly message: string | null;
  /** Whether no directory lists it any more. */
  readonly retired: boolean;
  readonly managing_organization: string | null;
  readonly successor_id: number | null;
  /** The FHIR server that it is on; null for a provider without one. */
  readonly endpoint_id: number | null;
}

/** The same with what one project has said about it. */
export interface OfferRow extends ProviderFacts {
  readonly allowed: boolean;
  /** For participants of a study that does not use it; null for our own words. */
  readonly study_message: string | null;
}

const providerFields: Readonly<Record<keyof ProviderFacts, string>> = {
  id: 'p.provider_id',
  name: 'p.name',
  category: 'p.category',
  definition: 'p.definition',
  enabled: 'p.enabled',
  message: 'p.message',
  retired: 'p.retired_at is not null',
  managing_organization: 'p.managing_organization',
  successor_id: 'p.successor_id',
  endpoint_id: 'p.endpoint_id',
};

const offerFields: Readonly<Record<keyof OfferRow, string>> = {
  ...providerFields,
  allowed: `coalesce(rule.allowed, chosen.others_allowed, true)
            and p.category = any (coalesce(chosen.categories, enum_range(null::provider_category)))`,
  study_message: 'rule.message',
};

/** SQL: {@link ProviderFacts} of a provider `p` as columns of these names. */
export const providerColumns = Object.entries(providerFields)
  .map(([name, expression]) => `${expression} as ${name}`)
  .join(', ');

/** SQL: an {@link OfferRow} of a provider `p` after {@link offerJoins} as arguments of json_build_object. */
export const offerMembers = Object.entries(offerFields)
  .map(([name, expression]) => `'${name}', ${expression}`)
  .join(', ');

/** SQL: what {@link offerMembers} read besides the provider; `project` is an expression. */
export function offerJoins(project: string): string {
  return `left join project_catalogues chosen on chosen.project_id = ${project}
          left join project_providers rule on rule.project_id = ${project} and rule.provider_id = p.provider_id`;
}

/** What a provider object says beyond the database: what this release can connect, and where logos are. */
export interface OfferContext {
  readonly catalogue: Catalogue;
  readonly publicUrl: string;
}

/** What a participant has of a provider, as far as it decides whether she may connect it. */
interface Holdings {
  readonly ownAccount: AccountStatus | null;
  readonly connectedThrough: string | null;
}

/** The provider object of the specification, for a participant of whom this much is known. */
export function describeProvider(
  { catalogue, publicUrl }: OfferContext,
  row: OfferRow,
  participant: Holdings,
): ProviderObject {
  return {
    id: row.id,
    name: row.name,
    category: row.category,
    logoUrl: logoUrl(publicUrl, row.id),
    ...judgeRow(catalogue, row, participant),
  };
}

/** Whether nothing closes the provider for everybody: for participants who have not connected it, in studies that use it. */
export function isOpenToAll(
  { catalogue }: Pick<OfferContext, 'catalogue'>,
  provider: ProviderFacts,
): boolean {
  const row = { ...provider, allowed: true, study_message: null };
  return judgeRow(catalogue, row, { ownAccount: null, connectedThrough: null }).enabled;
}

function judgeRow(catalogue: Catalogue, row: OfferRow, participant: Holdings): Offer {
  return judgeOffer({
    definition: row.definition === null ? undefined : catalogue.definitions.get(row.definition),
    isSetUp: row.definition !== null && catalogue.credentials.has(row.definition),
    isRetired: row.retired,
    closedByOperator: row.enabled ? null : { message: row.message },
    closedByStudy: row.allowed ? null : { message: row.study_message },
    ...participant,
    managingOrganization: row.managing_organization,
    successorID: row.successor_id,
  });
}

/** Where everybody may look at a provider's logo. */
export function logoUrl(publicUrl: string, providerID: number): string {
  return `${publicUrl}/api/v1/delegated/externalaccountproviders/${providerID}/logo`;
}
