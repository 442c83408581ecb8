import { sql, type Sql } from '../../platform/storage/database.ts';
import type { RevocationParts } from './revocationParts.ts';

/** Whose grant it is that is to be given back. */
export interface SharedGrant {
  readonly provider_id: number;
  readonly provider_user_id: string | null;
  readonly participant_id: string;
  /** When it was queued. */
  readonly created_at: Date;
}

/** At a provider where somebody is always connecting, a grant is not kept waiting for strangers longer than this. */
const strangersWaitMs = 60 * 60_000;

/**
 * Who else lives on the grant: another account with one of the same provider user, under any name of the endpoint, in
 * any study; the participant's own where nobody told whose it was; her account at a successor that knows us as the same
 * application. Or a journey on its way to such an account: one of hers, of which nobody knows yet how it ends, or
 * somebody else's whose code is being exchanged, of which nobody knows yet whose it is. Nobody where the provider knows
 * one grant for each consent.
 */
export async function findSharing(
  { database, clock, catalogue }: RevocationParts,
  grant: SharedGrant,
): Promise<'account' | 'journey' | 'exchange' | 'nobody'> {
  const [found] = await database.query<{
    same: boolean;
    journey: boolean;
    exchange: boolean;
    own: string;
    newer: string[];
  }>(sharingStatement(grant, clock.now()));
  if (found !== undefined && endsOneConsent(catalogue, found.own)) return 'nobody';
  const clientID = (definition: string) => catalogue.credentials.get(definition)?.clientID;
  const succeeded = found?.newer.some((definition) => clientID(definition) === clientID(found.own));
  if (found?.same === true || succeeded === true) return 'account';
  if (found?.journey === true) return 'journey';
  return found?.exchange === true ? 'exchange' : 'nobody';
}

/** Whether a grant of this definition can be ended without ending another one of the same person. */
export function endsOneConsent(catalogue: RevocationParts['catalogue'], slug: string): boolean {
  const auth = catalogue.definitions.get(slug)?.auth;
  return auth !== undefined && auth.kind !== 'none' && auth.grantsPer === 'consent';
}

/**
 * From the person to her accounts and journeys, and for each of these to its provider: an endpoint may have 17,000 names,
 * of which she has one or two. The providers are looked up in scalar subselects, which no plan can turn into a join
 * that begins with the names.
 *
 * @see findSharing
 */
export function sharingStatement(
  {
    provider_id: providerID,
    provider_user_id: userID,
    participant_id: participantID,
    created_at: createdAt,
  }: SharedGrant,
  now: number,
): Sql {
  const waitsForStrangers = createdAt.getTime() > now - strangersWaitMs;
  const sameServer = (id: Sql) => sql`
    (${id} = ${providerID}
     or (select endpoint_id from providers where provider_id = ${id})
        = (select endpoint_id from providers where provider_id = ${providerID}))`;
  const hers =
    userID === null ? sql`a.participant_id = ${participantID}` : sql`a.provider_user_id = ${userID}`;
  const alive = sql`
    a.replaced_at is null and (select true from grants where grants.account_id = a.account_id)`;
  return sql`
    with recursive newer (provider_id) as (
      select successor_id from providers where provider_id = ${providerID}
      union
      select p.successor_id from providers p join newer on p.provider_id = newer.provider_id
    )
    select exists (select from external_accounts a
                    where ${hers} and ${alive} and ${sameServer(sql`a.provider_id`)}) as same,
           exists (select from connect_attempts c
                    where c.participant_id = ${participantID} and c.phase in ('authorizing', 'exchanging')
                      and c.expires_at > ${new Date(now)} and ${sameServer(sql`c.provider_id`)}) as journey,
           exists (select from connect_attempts c
                    where ${waitsForStrangers} and c.phase = 'exchanging' and c.expires_at > ${new Date(now)}
                      and ${sameServer(sql`c.provider_id`)}) as exchange,
           (select definition from providers where provider_id = ${providerID}) as own,
           array(select (select definition from providers where provider_id = a.provider_id)
                   from external_accounts a
                  where a.participant_id = ${participantID} and ${alive}
                    and a.provider_id in (select provider_id from newer)) as newer`;
}
