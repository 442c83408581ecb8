import type { SettledStatus } from '../../contract/externalAccount.ts';
import type { SeededRandom } from '../../platform/random/seededRandom.ts';
import { studyBeganAt, studySeenAt, type SampleProvider } from './providerMix.ts';

/** An account's story as an export tells it. Instants are UTC text without a zone. */
export interface AccountHistory {
  /** Null until the first fetch has finished. */
  readonly status: SettledStatus | null;
  readonly connectedAt: string;
  /** Null until the first fetch has finished. */
  readonly lastFetchAt: string | null;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** When a participant joins: more of them every week, by day and by evening in the United States. */
export function drawEnrolment(random: SeededRandom): number {
  const days = Math.floor((studySeenAt - studyBeganAt) / dayMs);
  // The later of two draws is dense towards the end; no power, whose last bit is the engine's choice.
  const first = random.fraction();
  const day = Math.floor((random.chance(0.6) ? Math.max(first, random.fraction()) : first) * days);
  return studyBeganAt + day * dayMs + ((random.fraction() + random.fraction()) / 2) * 13 * hourMs;
}

/**
 * How an account came to be and how it stands when the study is looked at.
 *
 * Most accounts are connected in the sitting in which the participant joins, others in the weeks after. Accounts
 * that work were fetched within hours; those in error some days ago; those without a grant stand still since it
 * died; those whose first fetch has not finished are new.
 */
export function drawHistory(
  random: SeededRandom,
  provider: SampleProvider,
  enrolledAt: number,
): AccountHistory {
  const status = drawStatus(random, provider);
  const connectedAt = drawConnection(random, provider, enrolledAt, status);
  const lastFetchAt = status === null ? null : drawLastFetch(random, provider, connectedAt, status);
  return {
    status,
    connectedAt: renderInstant(connectedAt),
    lastFetchAt: lastFetchAt === null ? null : renderInstant(lastFetchAt),
  };
}

function drawStatus(random: SeededRandom, { outcomes }: SampleProvider): SettledStatus | null {
  let rest = random.fraction() * outcomes.reduce((sum, [, share]) => sum + share, 0);
  const drawn = outcomes.find(([, share]) => (rest -= share) < 0);
  return drawn === undefined ? 'fetchComplete' : drawn[0];
}

function drawConnection(
  random: SeededRandom,
  provider: SampleProvider,
  enrolledAt: number,
  status: SettledStatus | null,
): number {
  const from = Math.max(enrolledAt, provider.opensAt);
  const until = provider.closesAt - hourMs;
  if (from >= until) return from + 5 * minuteMs;
  if (status === null) return Math.max(from, until - Math.min(random.wait(5 * dayMs), 30 * dayMs));
  const sameSitting = from === enrolledAt && random.chance(0.6);
  const later = Math.round(random.wait(30)) * dayMs + random.fraction() * 4 * hourMs;
  const connectedAt = from + (sameSitting ? minuteMs * (2 + random.wait(12)) : later);
  return connectedAt < until ? connectedAt : from + random.fraction() * (until - from);
}

function drawLastFetch(
  random: SeededRandom,
  provider: SampleProvider,
  connectedAt: number,
  status: SettledStatus,
): number {
  const firstFetch = connectedAt + minuteMs * (1 + random.wait(6));
  const until = provider.fetchesUntil;
  const back = {
    // One in fourteen is a device that was left in a drawer for days.
    fetchComplete:
      random.wait(provider.refreshedEveryMs) + (random.chance(0.07) ? random.wait(4 * dayMs) : 0),
    error: 6 * hourMs + random.wait(6 * dayMs),
    unauthorized: 2 * dayMs + random.fraction() * (until - connectedAt) * 0.7,
  }[status];
  return Math.min(Math.max(firstFetch, until - back), studySeenAt);
}

/** `YYYY-MM-DDThh:mm:ss[.fraction]` without trailing zeros, the form of the specification's samples. */
function renderInstant(instant: number): string {
  const text = new Date(instant).toISOString().slice(0, -1);
  return text.replace(/\.?0+$/, '');
}
