import { randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { deleteAccountIn } from '../../src/accounts/deleteAccount.ts';
import { eraseParticipant } from '../../src/accounts/eraseParticipant.ts';
import { sharingStatement } from '../../src/accounts/findSharing.ts';
import { canTake, connectJourney, type JourneyPhase } from '../../src/connect/connectJourney.ts';
import { endOldAttempts } from '../../src/connect/endOldAttempts.ts';
import { insertAttempt } from '../../src/connect/store/attempts.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

/**
 * The table of the journey is one. What is written in SQL beyond the reach of its one update (a trigger, the questions
 * that accounts ask, chores that end many) does with a journey of each phase what the table says.
 */
const phases: readonly JourneyPhase[] = [
  ...new Set(Object.values(connectJourney).flatMap(({ from, to }) => [...from, to])),
];
const garmin = 6327;
const clock = createFakeClock(Date.parse('2026-05-04T03:00:00.000Z'));

let database: Database;
let study: Study;
beforeAll(async () => {
  ({ database } = await createTestDatabase());
  study = await createStudy(database);
});

/** A journey that stands in this phase, of a participant of its own unless one is given. */
async function addJourney(
  phase: JourneyPhase,
  { participantID, expiresAt = clock.now() + 60_000 }: { participantID?: string; expiresAt?: number } = {},
) {
  const owner = participantID ?? (await study.addParticipant());
  const attemptID = randomUUID();
  await database.query(sql`
    insert into connect_attempts (attempt_id, project_id, participant_id, provider_id, phase, link_digest,
                                  browser_digest, redirect_uri, outcome, created_at, expires_at)
    values (${attemptID}, ${study.projectID}, ${owner}, ${garmin}, ${phase}, ${randomBytes(32)}, ${randomBytes(32)}, 'x',
            ${phase === 'ended' ? 'declined' : null}, ${new Date(clock.now())}, ${new Date(expiresAt)})`);
  return { participantID: owner, attemptID };
}

async function standingOf(attemptID: string) {
  const [row] = await database.query<{ phase: JourneyPhase; outcome: string | null }>(
    sql`select phase, outcome from connect_attempts where attempt_id = ${attemptID}`,
  );
  return row;
}

/** The phases of which this is true, one journey each. */
async function phasesOf(isTrue: (phase: JourneyPhase) => Promise<boolean>): Promise<JourneyPhase[]> {
  const found: JourneyPhase[] = [];
  for (const phase of phases) if (await isTrue(phase)) found.push(phase);
  return found;
}

describe('the phases of a journey', () => {
  it('are those of the database', async () => {
    const rows = await database.query<{ phase: string }>(
      sql`select unnest(enum_range(null::connect_phase))::text as phase`,
    );
    expect(rows.map(({ phase }) => phase).sort()).toEqual([...phases].sort());
  });

  it('end where the table ends them, when an account is deleted', async () => {
    const ended = await phasesOf(async (phase) => {
      const { participantID, attemptID } = await addJourney(phase);
      const accountID = await study.addAccount({ participantID, providerID: garmin });
      await database.transaction((transaction) =>
        deleteAccountIn(transaction, {
          projectID: study.projectID,
          accountID,
          actor: 'service',
          now: clock.now(),
        }),
      );
      const standing = await standingOf(attemptID);
      expect(standing?.phase).toBe(connectJourney.endJourney.to);
      return standing?.outcome === 'account-deleted';
    });
    expect(ended).toEqual(phases.filter((phase) => canTake('endJourney', phase)));
  });

  it('end where the table ends them, when their time is over', async () => {
    const ended = await phasesOf(async (phase) => {
      const { attemptID } = await addJourney(phase, { expiresAt: clock.now() });
      await endOldAttempts(database, clock);
      const standing = await standingOf(attemptID);
      expect(standing?.phase).toBe(connectJourney.endJourney.to);
      return standing?.outcome !== 'declined';
    });
    expect(ended).toEqual(phases.filter((phase) => canTake('endJourney', phase)));
  });

  it('make room where the table says so', async () => {
    const gone = await phasesOf(async (phase) => {
      const { participantID, attemptID } = await addJourney(phase);
      for (let more = 0; more < 20; more++) await addOpen(participantID, more + 1);
      return (await standingOf(attemptID)) === undefined;
    });
    expect(gone).toEqual(phases.filter((phase) => canTake('makeRoom', phase)));
  });

  it('may become an account from when the provider was asked: her grant waits for that', async () => {
    const { askProvider, receiveAnswer } = connectJourney;
    const waiting = await phasesOf(async (phase) => {
      const { participantID } = await addJourney(phase);
      return (await askSharing(participantID)).journey;
    });
    expect(waiting).toEqual([askProvider.to, receiveAnswer.to]);
  });

  it('may become anybody’s account while a code is exchanged', async () => {
    const waiting = await phasesOf(async (phase) => {
      await database.query(sql`delete from connect_attempts`);
      await addJourney(phase);
      return (await askSharing(await study.addParticipant())).exchange;
    });
    expect(waiting).toEqual(connectJourney.completeConnection.from);
  });

  it('keep her from being erased while a code is exchanged', async () => {
    const busy = await phasesOf(async (phase) => {
      const { participantID } = await addJourney(phase);
      const { outcome } = await eraseParticipant(database, {
        projectID: study.projectID,
        participantID,
        actor: 'service',
        now: clock.now(),
      });
      return outcome === 'busy';
    });
    expect(busy).toEqual(connectJourney.completeConnection.from);
  });
});

async function addOpen(participantID: string, later: number): Promise<void> {
  await database.transaction((transaction) =>
    insertAttempt(transaction, {
      attemptID: randomUUID(),
      projectID: study.projectID,
      participantID,
      providerID: garmin,
      linkDigest: randomBytes(32),
      verifierHash: null,
      finalRedirect: null,
      createdAt: clock.now() + later,
      expiresAt: clock.now() + 60_000,
    }),
  );
}

async function askSharing(participantID: string): Promise<{ journey: boolean; exchange: boolean }> {
  const [found] = await database.query<{ journey: boolean; exchange: boolean }>(
    sharingStatement(
      {
        providerID: garmin,
        participantID,
        userID: undefined,
        since: clock.now(),
      },
      clock.now(),
    ),
  );
  return found!;
}
