import { askProvider } from '../../src/connect/steps/askProvider.ts';
import { openLink } from '../../src/connect/steps/openLink.ts';
import { receiveAnswer } from '../../src/connect/steps/receiveAnswer.ts';
import { startJourney } from '../../src/connect/steps/startJourney.ts';
import type { ConnectParts } from '../../src/connect/connectParts.ts';
import { findByID, findByLink, type Attempt } from '../../src/connect/store/attempts.ts';
import { digestSecret } from '../../src/connect/secrets/journeySecrets.ts';
import { createServerFinder } from '../../src/oauth/authorizationServer.ts';
import { Secret } from '../../src/platform/config/secret.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import type { ProviderAnswer, ProviderRequest } from '../../src/platform/outbound/providerFetch.ts';
import { systemRandom } from '../../src/platform/random/random.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { createFakeClock, type FakeClock } from '../harness/fakeClock.ts';
import { createTestVault } from '../harness/testVault.ts';
import { catalogueWith } from './catalogue.ts';
import { answerWith, createScriptedDoor } from './scriptedDoor.ts';
import type { Study } from './study.ts';

export const publicUrl = 'https://us.example.org';
export const studyOrigin = 'https://study.example.org';
/** Oura: a maker whose token answer names the scopes, and who she is in a call. */
export const providerID = 45417;

/** The steps of journeys without the pages and routes before them, with a provider that answers as told. */
export interface JourneyStand {
  readonly parts: ConnectParts;
  readonly clock: FakeClock;
  /** Requests to the provider. */
  readonly seen: readonly ProviderRequest[];
  /** What is asked of the provider from now on is answered so; otherwise as {@link answerWell}. */
  answer(by: (request: ProviderRequest) => ProviderAnswer | Promise<ProviderAnswer> | undefined): void;
  /** Lines of the log. */
  readonly lines: readonly string[];
}

export interface Begun {
  readonly attempt: Attempt;
  readonly secret: string;
  readonly browserSecret: string;
}

export interface Asked extends Begun {
  readonly state: string;
  readonly address: URL;
}

export async function createJourneyStand(database: Database): Promise<JourneyStand> {
  const opened = await catalogueWith('oura');
  const credentials = new Map(
    [...opened.credentials].map(([slug, one]) => [slug, { ...one, clientSecret: new Secret('secret') }]),
  );
  const clock = createFakeClock();
  const lines: string[] = [];
  const log = createLogger('debug', { write: (line) => void lines.push(line) });
  let answer: Parameters<JourneyStand['answer']>[0] = () => undefined;
  const { door, seen } = createScriptedDoor((request) => answer(request) ?? answerWell(request));
  return {
    parts: {
      database,
      clock,
      log,
      publicUrl,
      random: systemRandom,
      catalogue: { ...opened, credentials },
      findDoor: () => door,
      findServer: createServerFinder({ database, clock, log }),
      vault: createTestVault(database),
    },
    clock,
    seen,
    lines,
    answer: (by) => (answer = by),
  };
}

/** A code becomes tokens for `personal daily`, and she is `person-1`. */
export function answerWell({ url, body }: ProviderRequest): ProviderAnswer {
  if (body !== undefined && 'form' in body)
    return answerWith(200, {
      access_token: 'canary-access',
      refresh_token: 'canary-refresh',
      token_type: 'bearer',
      expires_in: 86_400,
      scope: 'personal daily',
    });
  return url.includes('personal_info') ? answerWith(200, { id: 'person-1' }) : answerWith(404, {});
}

/** A journey whose address was asked for. */
export async function begin(
  { parts }: JourneyStand,
  study: Study,
  more: Partial<Parameters<typeof startJourney>[1]> = {},
): Promise<Begun> {
  const participantID = more.participantID ?? (await study.addParticipant());
  const address = await startJourney(parts, {
    projectID: study.projectID,
    participantID,
    providerID,
    actor: `participant:${participantID}`,
    finalRedirect: undefined,
    verifierHash: undefined,
    ...more,
  });
  const secret = address.slice(-64);
  return {
    secret,
    browserSecret: '',
    attempt: (await findByLink(parts.database, digestSecret(secret)))!,
  };
}

/** One that a browser has opened. */
export async function openJourney(stand: JourneyStand, begun: Begun): Promise<Begun> {
  const opening = await openLink(stand.parts, begun.secret, {
    browserSecret: undefined,
    verifier: undefined,
  });
  if (opening.outcome !== 'opened') throw new Error(opening.outcome);
  return { ...begun, browserSecret: opening.browserSecret, attempt: await readAttempt(stand, begun) };
}

/** One that was sent to the provider. */
export async function ask(stand: JourneyStand, opened: Begun): Promise<Asked> {
  const asked = await askProvider(stand.parts, opened.attempt);
  if (asked.outcome !== 'ask') throw new Error(asked.outcome);
  const address = new URL(asked.address);
  return {
    ...opened,
    address,
    state: address.searchParams.get('state')!,
    attempt: await readAttempt(stand, opened),
  };
}

/** The provider's answer to it. */
export function answerTo(asked: Asked, more: Readonly<Record<string, string>> = {}): URLSearchParams {
  return new URLSearchParams({ code: 'c0de', state: asked.state, ...more });
}

/** One whose answer has come back. */
export async function receive(stand: JourneyStand, asked: Asked, answer = answerTo(asked)) {
  const { projectID } = asked.attempt;
  const { browserSecret } = asked;
  const received = await receiveAnswer(stand.parts, { projectID, context: 'oura', answer, browserSecret });
  if (received.outcome !== 'received') throw new Error(received.outcome);
  return { attempt: await readAttempt(stand, asked), received: { state: received.state, answer } };
}

export async function readAttempt({ parts }: JourneyStand, { attempt }: Begun): Promise<Attempt> {
  return (await findByID(parts.database, attempt.attemptID))!;
}

/** The audit trail of a participant's journeys. */
export function trailOf({ parts }: JourneyStand, { attempt }: Begun) {
  return parts.database.query<{ action: string; details: { outcome?: string } }>(sql`
    select action, details, occurred_at, actor, account_id from audit_entries
     where project_id = ${attempt.projectID} and actor = ${`participant:${attempt.participantID}`} order by entry_id`);
}
