import { LRUCache } from 'lru-cache';
import type { ProviderCategory } from '../contract/provider.ts';
import { raw, sql, type Database } from '../platform/storage/database.ts';
import { describeProvider, providerColumns, type OfferContext, type ProviderFacts } from './offerFacts.ts';

/** What a study has chosen, as far as it concerns some providers. */
export interface StudyChoices {
  /** Undefined: all. */
  readonly categories: readonly ProviderCategory[] | undefined;
  readonly othersAllowed: boolean;
  readonly rules: ReadonlyMap<number, { readonly allowed: boolean; readonly message: string | null }>;
}

/** Providers as this process knows them, so that a page of accounts need not ask for them again. */
export interface KnownProviders {
  /**
   * Facts of the providers with these numbers, all as of one moment.
   *
   * @param changes number of the last change of a provider that the caller has seen (`provider_changes`): what was
   *   known before it is forgotten
   */
  find(changes: number, providerIDs: readonly number[]): Promise<ReadonlyMap<number, ProviderFacts>>;
  /** The provider object of the specification as JSON text, for whoever is not asked about an account of her own. */
  render(facts: ProviderFacts, choices: StudyChoices, connectedThrough: string | null): string;
}

/** Some hundred bytes each. */
const providersMax = 20_000;

/** None known yet; they are asked for when somebody first needs them, and forgotten when any of them changes. */
export function createKnownProviders(
  context: OfferContext & { readonly database: Database },
): KnownProviders {
  const { database } = context;
  const known = new LRUCache<number, ProviderFacts>({ max: providersMax });
  /** What is said of those about whom the study has said nothing, and through which she is not connected. */
  const plainTexts = new WeakMap<ProviderFacts, string>();
  let knownChanges = 0;

  function noteChanges(changes: number): void {
    if (changes <= knownChanges) return;
    known.clear();
    knownChanges = changes;
  }

  return {
    find: async (changes, providerIDs) => {
      noteChanges(changes);
      const found = new Map<number, ProviderFacts>();
      for (const id of providerIDs) {
        const facts = known.get(id);
        if (facts !== undefined) found.set(id, facts);
      }
      if (found.size === providerIDs.length) return found;
      const loaded = await loadFacts(database, providerIDs);
      noteChanges(loaded.changes);
      if (loaded.changes === knownChanges) for (const facts of loaded.rows) known.set(facts.id, facts);
      return new Map(loaded.rows.map((facts) => [facts.id, facts]));
    },
    render: (facts, choices, connectedThrough) => {
      const rule = choices.rules.get(facts.id);
      const isUsed = choices.categories?.includes(facts.category) ?? true;
      const allowed = isUsed && (rule?.allowed ?? choices.othersAllowed);
      const isPlain = allowed && connectedThrough === null;
      const plain = isPlain ? plainTexts.get(facts) : undefined;
      if (plain !== undefined) return plain;
      const row = { ...facts, allowed, study_message: rule?.message ?? null };
      const text = JSON.stringify(describeProvider(context, row, { ownAccount: null, connectedThrough }));
      if (isPlain) plainTexts.set(facts, text);
      return text;
    },
  };
}

/** One statement, so that the facts and the number of the last change are of one moment. */
async function loadFacts(database: Database, providerIDs: readonly number[]) {
  const rows = await database.query<ProviderFacts & { changes: string }>(sql`
    select ${raw(providerColumns)}, (select number from provider_changes) as changes
      from unnest(${providerIDs}::integer[]) as wanted (provider_id)
     cross join lateral (select * from providers p where p.provider_id = wanted.provider_id limit 1) p`);
  return {
    rows: rows.map(({ changes: _, ...facts }): ProviderFacts => facts),
    changes: Number(rows[0]?.changes ?? 0),
  };
}
