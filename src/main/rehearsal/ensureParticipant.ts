import { Readable } from 'node:stream';
import type { Random } from '../../platform/random/random.ts';
import { sql, type Database } from '../../platform/storage/database.ts';
import type { Clock } from '../../platform/time/clock.ts';
import { importParticipants } from '../../projects/participants.ts';

/** She is nobody: no name of a person, and none of the sample's people. */
export const participantIdentifier = 'RHS-REHEARSAL';

/** The study of a rehearsal, and what changing it takes. */
export interface RehearsalParts {
  readonly database: Database;
  readonly projectID: string;
  readonly clock: Clock;
  readonly random: Random;
}

/** The ID of the participant with whom a study rehearses; she is made where she is missing. */
export async function ensureParticipant(parts: RehearsalParts): Promise<string> {
  const known = await findParticipantID(parts);
  if (known !== undefined) return known;
  const { database, ...change } = parts;
  const source = Readable.from([`ParticipantIdentifier\n${participantIdentifier}\n`]);
  await importParticipants(database, { ...change, source, name: 'rehearsal', actor: 'service' });
  const made = await findParticipantID(parts);
  if (made === undefined) throw new Error('The participant of the rehearsal was not made');
  return made;
}

async function findParticipantID({ database, projectID }: RehearsalParts): Promise<string | undefined> {
  const [row] = await database.query<{ participant_id: string }>(sql`
    select participant_id from participants
     where project_id = ${projectID} and participant_identifier = ${participantIdentifier}`);
  return row?.participant_id;
}
