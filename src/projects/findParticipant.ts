import { sql, type Queryable } from '../platform/storage/database.ts';

/** A person in a project. */
export interface Participant {
  /** Ours. GUID, lower case. */
  readonly participantID: string;
  /** The project's. */
  readonly participantIdentifier: string;
}

/** The participant of this project (both IDs in lower case), or undefined: also for one of another project. */
export async function findParticipant(
  database: Queryable,
  projectID: string,
  participantID: string,
): Promise<Participant | undefined> {
  const [row] = await database.query<{ participant_id: string; participant_identifier: string }>(sql`
    select participant_id, participant_identifier from participants
     where project_id = ${projectID} and participant_id = ${participantID}`);
  return row && { participantID: row.participant_id, participantIdentifier: row.participant_identifier };
}
