import type { AccountStatus } from '../contract/externalAccount.ts';
import { providerCategories, type ProviderCategory, type ProviderObject } from '../contract/provider.ts';
import {
  raw,
  sql,
  type Database,
  type PreparedStatement,
  type Queryable,
} from '../platform/storage/database.ts';
import { describeProvider, providerColumns, type OfferContext, type ProviderFacts } from './offerFacts.ts';

/** What decides how providers are offered to one participant, whichever they are. */
export interface OfferSituation {
  readonly projectID: string;
  /** That her study uses. */
  readonly categories: readonly ProviderCategory[];
  /** Whether her study lets her connect providers about which it has said nothing. */
  readonly othersAllowed: boolean;
  /** Whether her study has said something about single providers. */
  readonly hasRules: boolean;
  readonly accounts: readonly HeldAccount[];
}

interface HeldAccount {
  readonly providerID: number;
  readonly status: AccountStatus;
  readonly name: string;
  readonly endpointID: number | null;
  /** Of its provider. */
  readonly successorID: number | null;
}

/** The situation of a participant. */
export async function readSituation(
  database: Database,
  { projectID, participantID }: { readonly projectID: string; readonly participantID: string },
): Promise<OfferSituation> {
  const [row] = (await database.prepared(situationOf, [projectID, participantID])) as [
    [ProviderCategory[] | null, boolean | null, boolean, HeldAccount[] | null],
  ];
  const [categories, othersAllowed, hasRules, accounts] = row;
  return {
    projectID,
    categories: categories ?? providerCategories,
    othersAllowed: othersAllowed ?? true,
    hasRules,
    accounts: accounts ?? [],
  };
}

/** $1 project, $2 participant. */
export const situationOf: PreparedStatement = {
  name: 'situation-of-participant',
  text: `select chosen.categories::text[], chosen.others_allowed,
                exists (select from project_providers where project_id = $1),
                (select json_agg(json_build_object('providerID', a.provider_id, 'status', a.status, 'name', p.name,
                                                   'endpointID', p.endpoint_id, 'successorID', p.successor_id))
                   from external_accounts a join providers p using (provider_id)
                  where a.project_id = $1 and a.participant_id = $2)
           from (select) one left join project_catalogues chosen on chosen.project_id = $1`,
};

/**
 * The given providers as the participant of the situation sees them, in the given order. One without a picture of its own
 * has no `logoUrl`: clients print its name then, and monograms of two providers may look the same.
 */
export async function offerProviders(
  context: OfferContext & { readonly database: Database },
  situation: OfferSituation,
  providers: readonly ProviderFacts[],
): Promise<ProviderObject[]> {
  const looks = await readLooks(context.database, situation, providers);
  return providers.map((provider) => {
    const look = looks.get(provider.id);
    const row = {
      ...provider,
      allowed: situation.categories.includes(provider.category) && (look?.allowed ?? situation.othersAllowed),
      study_message: look?.message ?? null,
    };
    const described = describeProvider(context, row, holdings(situation, provider));
    if (look?.hasLogo === true) return described;
    const { logoUrl: _monogram, ...rest } = described;
    return rest;
  });
}

/** Whether a list for the participant has the provider: she can connect it, has done so, or has done so through another. */
export function isListed(
  { accounts }: OfferSituation,
  { id, enabled, relatedProvider }: ProviderObject,
): boolean {
  const isHeld = accounts.some(({ providerID }) => providerID === id);
  return enabled === true || relatedProvider !== undefined || isHeld;
}

/**
 * The same for very many providers, before they are described: what is open to all and used by the study, she can connect
 * or has connected through another.
 */
export async function listFor(
  database: Database,
  { projectID, othersAllowed, hasRules, accounts }: OfferSituation,
): Promise<(provider: ProviderFacts, isOpen: boolean) => boolean> {
  const held = new Set(accounts.map(({ providerID }) => providerID));
  const rules = new Map<number, boolean>();
  if (hasRules)
    for (const [providerID, allowed] of (await database.prepared(allRulesOf, [projectID])) as [
      number,
      boolean,
    ][])
      rules.set(providerID, allowed);
  return ({ id }, isOpen) => (isOpen && (rules.get(id) ?? othersAllowed)) || held.has(id);
}

const allRulesOf: PreparedStatement = {
  name: 'all-rules-about-providers',
  text: 'select provider_id, allowed from project_providers where project_id = $1',
};

function holdings({ accounts }: OfferSituation, provider: ProviderFacts) {
  const own = accounts.find(({ providerID }) => providerID === provider.id);
  const beside = accounts
    .filter(
      ({ providerID, endpointID, successorID }) =>
        endpointID !== null &&
        endpointID === provider.endpoint_id &&
        providerID !== provider.id &&
        // What this one succeeds is what it replaces.
        successorID !== provider.id,
    )
    .map(({ name }) => name)
    .sort();
  return { ownAccount: own?.status ?? null, connectedThrough: beside[0] ?? null };
}

/** What is said of one provider beyond its facts. */
interface Look {
  /** What the study says; null where it has said nothing. */
  readonly allowed: boolean | null;
  readonly message: string | null;
  readonly hasLogo: boolean;
}

async function readLooks(
  database: Database,
  { projectID }: OfferSituation,
  providers: readonly ProviderFacts[],
): Promise<ReadonlyMap<number, Look>> {
  if (providers.length === 0) return new Map();
  const rows = (await database.prepared(looksOf, [projectID, providers.map(({ id }) => id)])) as [
    number,
    boolean | null,
    string | null,
    boolean,
  ][];
  return new Map(
    rows.map(([providerID, allowed, message, hasLogo]) => [providerID, { allowed, message, hasLogo }]),
  );
}

/** Row by row, each by its key. */
const looksOf: PreparedStatement = {
  name: 'looks-of-providers',
  text: `select wanted.id, rule.allowed, rule.message,
                exists (select from provider_logos where provider_logos.provider_id = wanted.id)
           from unnest($2::integer[]) wanted (id)
           left join project_providers rule on rule.project_id = $1 and rule.provider_id = wanted.id`,
};

/** The providers with these numbers, in this order; numbers that nobody has are left out. */
export function findProviders(database: Queryable, providerIDs: readonly number[]): Promise<ProviderFacts[]> {
  return database.query<ProviderFacts>(sql`
    select ${raw(providerColumns)}
      from unnest(${providerIDs}::integer[]) with ordinality wanted (provider_id, place)
      join providers p using (provider_id)
     order by place`);
}
