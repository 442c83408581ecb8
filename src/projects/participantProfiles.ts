import { record } from '../audit/record.ts';
import type {
  FieldValue,
  InvitationStatus,
  ParticipantChange,
  participantActions,
  ProfileChange,
} from '../contract/participant.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { invalidRequest } from '../platform/http/errors.ts';
import type { Random } from '../platform/random/random.ts';
import {
  empty,
  raw,
  sql,
  type Database,
  type Queryable,
  type Sql,
  type Transaction,
} from '../platform/storage/database.ts';

/** A participant with what the study says of her. Instants are milliseconds since the epoch. */
export interface ParticipantProfile {
  readonly participantID: string;
  readonly participantIdentifier: string;
  readonly demographics: Readonly<Record<string, string>>;
  readonly customFields: Readonly<Record<string, string>>;
  readonly invitationStatus: InvitationStatus | null;
  /** Null: has not enrolled. */
  readonly enrolledAt: number | null;
  readonly withdrawnAt: number | null;
  readonly insertedAt: number;
  readonly excludedFromExport: boolean;
}

/** Which participants a list has; what is left out is any. */
export interface ParticipantFilters {
  /** A part of the identifier, a name or the mail address, in any letter case. */
  readonly text?: string | undefined;
  readonly participantID?: string | undefined;
  readonly participantIdentifier?: string | undefined;
  readonly secondaryIdentifier?: string | undefined;
  readonly enrolled?: boolean | undefined;
  readonly invitationStatuses?: readonly InvitationStatus[] | undefined;
  readonly enrolledAfter?: number | undefined;
  readonly enrolledBefore?: number | undefined;
  readonly insertedAfter?: number | undefined;
  readonly insertedBefore?: number | undefined;
}

const columns = raw(`participant_id as "participantID", participant_identifier as "participantIdentifier",
  demographics, custom_fields as "customFields", invitation_status as "invitationStatus",
  enrolled_at as "enrolledAt", withdrawn_at as "withdrawnAt", inserted_at as "insertedAt",
  excluded_from_export as "excludedFromExport"`);

type ProfileRow = Omit<ParticipantProfile, 'enrolledAt' | 'withdrawnAt' | 'insertedAt'> & {
  readonly enrolledAt: Date | null;
  readonly withdrawnAt: Date | null;
  readonly insertedAt: Date;
};

function readProfile({ enrolledAt, withdrawnAt, insertedAt, ...row }: ProfileRow): ParticipantProfile {
  return {
    ...row,
    enrolledAt: enrolledAt?.getTime() ?? null,
    withdrawnAt: withdrawnAt?.getTime() ?? null,
    insertedAt: insertedAt.getTime(),
  };
}

/**
 * A part of a project's participants in the order in which they came, and how many there are. Somebody who comes
 * meanwhile is behind all others, so that she moves no page; the cost grows with what lies before the part.
 */
export async function queryParticipants(
  database: Database,
  projectID: string,
  {
    filters,
    offset,
    limit,
  }: { readonly filters: ParticipantFilters; readonly offset: number; readonly limit: number },
): Promise<{ readonly total: number; readonly found: readonly ParticipantProfile[] }> {
  const matching = sql`from participants where project_id = ${projectID} ${narrow(filters)}`;
  const [counted] = await database.query<{ total: number }>(
    sql`select count(*)::integer as total ${matching}`,
  );
  const rows = await database.query<ProfileRow>(sql`
    select ${columns} ${matching} order by inserted_at, participant_id limit ${limit} offset ${offset}`);
  return { total: counted?.total ?? 0, found: rows.map(readProfile) };
}

function narrow(filters: ParticipantFilters): Sql {
  const { text, enrolled } = filters;
  const when = (value: unknown, condition: Sql) => (value === undefined ? empty : condition);
  const at = (instant: number | undefined) => new Date(instant ?? 0);
  return sql`
    ${when(filters.participantID, sql`and participant_id = ${filters.participantID ?? null}`)}
    ${when(filters.participantIdentifier, sql`and participant_identifier = ${filters.participantIdentifier ?? null}`)}
    ${when(filters.secondaryIdentifier, sql`and custom_fields ->> 'SecondaryIdentifier' = ${filters.secondaryIdentifier ?? null}`)}
    ${when(enrolled, sql`and (enrolled_at is not null) = ${enrolled ?? null}`)}
    ${when(filters.invitationStatuses, sql`and invitation_status = any (${filters.invitationStatuses ?? []}::text[])`)}
    ${when(filters.enrolledAfter, sql`and enrolled_at > ${at(filters.enrolledAfter)}`)}
    ${when(filters.enrolledBefore, sql`and enrolled_at < ${at(filters.enrolledBefore)}`)}
    ${when(filters.insertedAfter, sql`and inserted_at > ${at(filters.insertedAfter)}`)}
    ${when(filters.insertedBefore, sql`and inserted_at < ${at(filters.insertedBefore)}`)}
    ${when(
      text,
      sql`and position(lower(${text ?? ''}) in lower(concat_ws(' ', participant_identifier,
            demographics ->> 'firstName', demographics ->> 'lastName', demographics ->> 'email'))) > 0`,
    )}`;
}

/** The participant of this project with our GUID or with its own identifier; where both fit, its own. */
export async function findProfile(
  database: Queryable,
  projectID: string,
  wanted: { readonly participantID?: string | undefined; readonly participantIdentifier?: string },
): Promise<ParticipantProfile | undefined> {
  const rows = await database.query<ProfileRow>(sql`
    select ${columns} from participants
     where project_id = ${projectID} and (participant_id = ${wanted.participantID ?? null}
                                          or participant_identifier = ${wanted.participantIdentifier ?? null})
     order by participant_identifier <> ${wanted.participantIdentifier ?? ''} limit 1`);
  return rows[0] && readProfile(rows[0]);
}

/** Who changes a participant, when, and with which chance. */
interface ProfileActor {
  readonly projectID: string;
  readonly actor: string;
  readonly now: number;
}

/** What was done with a participant. */
export type ParticipantAction = (typeof participantActions)[number];

/**
 * Adds a participant, or changes what the change names; one whom the project has is left as she is unless `allowUpdate`.
 * Somebody new has not enrolled unless the change says so. In the transaction with its audit row, which names the
 * participant by our GUID and the number of her fields, never their contents.
 *
 * @throws {DomainError} `invalid-request` for a date that is none
 */
export async function storeParticipant(
  transaction: Transaction,
  change: ParticipantChange,
  by: ProfileActor & { readonly allowUpdate: boolean; readonly random: Random },
): Promise<{ readonly actionTaken: ParticipantAction; readonly participant: ParticipantProfile }> {
  const { projectID, actor, now, allowUpdate } = by;
  const { participantIdentifier } = change;
  const added = await transaction.query<ProfileRow>(sql`
    insert into participants (project_id, participant_id, participant_identifier, inserted_at, enrolled_at)
    values (${projectID}, ${by.random.uuid()}, ${participantIdentifier}, ${new Date(now)}, null)
    on conflict (project_id, participant_identifier) do nothing
    returning ${columns}`);
  const isNew = added.length > 0;
  const [current] = isNew
    ? added
    : await transaction.query<ProfileRow>(sql`
        select ${columns} from participants
         where project_id = ${projectID} and participant_identifier = ${participantIdentifier} for update`);
  if (current === undefined) throw new Error('A participant was erased while she was changed');
  const before = readProfile(current);
  if (!isNew && !allowUpdate) return { actionTaken: 'none', participant: before };
  const participant = await saveProfile(transaction, projectID, applyChange(before, change, now));
  await record(transaction, {
    projectID,
    actor,
    action: isNew ? 'participant.added' : 'participant.updated',
    details: { participantID: participant.participantID, fields: countFields(change) },
    occurredAt: now,
  });
  return { actionTaken: isNew ? 'added' : 'updated', participant };
}

/**
 * Changes fields of a participant, in her own name; undefined when the project has no such participant. In the
 * transaction with its audit row.
 */
export async function changeProfile(
  transaction: Transaction,
  change: ProfileChange,
  { projectID, participantID, actor, now }: ProfileActor & { readonly participantID: string },
): Promise<ParticipantProfile | undefined> {
  const [current] = await transaction.query<ProfileRow>(sql`
    select ${columns} from participants
     where project_id = ${projectID} and participant_id = ${participantID} for update`);
  if (current === undefined) return undefined;
  const participant = await saveProfile(transaction, projectID, applyFields(readProfile(current), change));
  await record(transaction, {
    projectID,
    actor,
    action: 'participant.updated',
    details: { participantID, fields: countFields(change) },
    occurredAt: now,
  });
  return participant;
}

function applyChange(before: ParticipantProfile, change: ParticipantChange, now: number): ParticipantProfile {
  const { secondaryIdentifier, enrolled, demographics, customFields } = change;
  const alias = secondaryIdentifier === undefined ? {} : { SecondaryIdentifier: secondaryIdentifier };
  const fields = applyFields(before, {
    demographics: demographics ?? {},
    customFields: { ...alias, ...customFields },
  });
  const said = enrolled === true ? (before.enrolledAt ?? now) : enrolled === false ? null : before.enrolledAt;
  return {
    ...fields,
    enrolledAt: readInstant('enrollmentDate', change.enrollmentDate ?? undefined, said),
    withdrawnAt: readInstant('withdrawDate', change.withdrawDate, before.withdrawnAt),
    invitationStatus:
      change.invitationStatus === undefined ? before.invitationStatus : change.invitationStatus,
    excludedFromExport: change.excludeFromExport ?? before.excludedFromExport,
  };
}

function applyFields(before: ParticipantProfile, change: ProfileChange): ParticipantProfile {
  return {
    ...before,
    demographics: mergeFields(before.demographics, change.demographics),
    customFields: mergeFields(before.customFields, change.customFields),
  };
}

/** Null takes a field away; what is not named stays. */
function mergeFields(
  before: Readonly<Record<string, string>>,
  change: Readonly<Record<string, FieldValue | undefined>> = {},
): Readonly<Record<string, string>> {
  const fields = new Map(Object.entries(before));
  for (const [name, value] of Object.entries(change))
    if (value === null) fields.delete(name);
    else if (value !== undefined) fields.set(name, String(value));
  return Object.fromEntries(fields);
}

function readInstant(name: string, text: string | null | undefined, before: number | null): number | null {
  if (text === undefined) return before;
  if (text === null) return null;
  const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(text);
  const instant = /^\d{4}-\d{2}-\d{2}(?:$|T)/.test(text)
    ? Date.parse(hasZone || !text.includes('T') ? text : `${text}Z`)
    : NaN;
  if (!Number.isFinite(instant))
    throw new DomainError(invalidRequest, `The member "${name}" of a participant is no date of ISO 8601.`);
  return instant;
}

function countFields({ demographics, customFields }: ParticipantChange | ProfileChange): number {
  return Object.keys(demographics ?? {}).length + Object.keys(customFields ?? {}).length;
}

async function saveProfile(
  transaction: Transaction,
  projectID: string,
  profile: ParticipantProfile,
): Promise<ParticipantProfile> {
  const instant = (at: number | null) => (at === null ? null : new Date(at));
  const [saved] = await transaction.query<ProfileRow>(sql`
    update participants
       set demographics = ${JSON.stringify(profile.demographics)}::jsonb,
           custom_fields = ${JSON.stringify(profile.customFields)}::jsonb,
           invitation_status = ${profile.invitationStatus}, enrolled_at = ${instant(profile.enrolledAt)},
           withdrawn_at = ${instant(profile.withdrawnAt)}, excluded_from_export = ${profile.excludedFromExport}
     where project_id = ${projectID} and participant_id = ${profile.participantID}
    returning ${columns}`);
  if (saved === undefined) throw new Error('A participant was erased while she was changed');
  return readProfile(saved);
}
