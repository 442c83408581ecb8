import type { ProviderCategory } from '../../contract/provider.ts';
import type { SettledStatus } from '../../contract/externalAccount.ts';
import { inventedPlans, inventedProviders } from './organisations.ts';

/** How a scope stands on the maker's consent page: not refusable, ticked unless unticked, or the reverse. */
export type ScopeDefault = 'always' | 'ticked' | 'unticked';

/** What the maker's own name for a person looks like. */
export type SampleIDStyle = 'guid' | 'digits19' | 'digits8' | 'base36' | 'hex64' | 'token24';

/** A provider as a study meets it: how many use it, how well it works, what it grants. */
export interface SampleProvider {
  /** The well-known number; null for invented ones, which are numbered by the database. */
  readonly id: number | null;
  readonly name: string;
  readonly category: ProviderCategory;
  /** Of all accounts, in per cent, as far as the time of its offer allows. */
  readonly share: number;
  /** How many accounts by how the last fetch ended, as parts of a whole; null: none has finished. */
  readonly outcomes: readonly (readonly [status: SettledStatus | null, share: number])[];
  /** In the maker's order; null where the provider has no scopes that an export shows. */
  readonly scopes: readonly (readonly [name: string, standing: ScopeDefault])[] | null;
  readonly userIDStyle: SampleIDStyle;
  /** How long a healthy account's last fetch lies back, on average. */
  readonly refreshedEveryMs: number;
  /** First and last instants at which it could be connected, and the last at which it could be fetched from. */
  readonly opensAt: number;
  readonly closesAt: number;
  readonly fetchesUntil: number;
}

/** When the study of every sample began: fixed, so that a sample made next year is the same. */
export const studyBeganAt = Date.parse('2025-01-06T14:00:00Z');
/** The instant at which a sample is seen: nothing in it happens later. */
export const studySeenAt = Date.parse('2026-10-31T20:00:00Z');

const hourMs = 3_600_000;
const always = { opensAt: studyBeganAt, closesAt: studySeenAt, fetchesUntil: studySeenAt } as const;
const outcomes = (complete: number, unauthorized: number, error: number, unfinished: number) =>
  [
    ['fetchComplete', complete],
    ['unauthorized', unauthorized],
    ['error', error],
    [null, unfinished],
  ] as const;
const maker = {
  ...always,
  category: 'Device Manufacturer',
  outcomes: outcomes(84, 2.2, 5.2, 8.6),
  refreshedEveryMs: 5 * hourMs,
} as const;
const ticked = (names: string, prefix = '') =>
  names.split(' ').map((name) => [prefix + name, 'ticked'] as const);

/** The makers with the numbers and scope names that their own interfaces use. */
const makers: readonly SampleProvider[] = [
  {
    ...maker,
    id: 49369,
    name: 'Google Health',
    share: 19,
    userIDStyle: 'digits19',
    opensAt: Date.parse('2026-03-02T15:00:00Z'),
    scopes: ticked(
      'activity_and_fitness.readonly health_metrics_and_measurements.readonly sleep.readonly nutrition.readonly ecg.readonly irn.readonly profile.readonly settings.readonly',
      'https://www.googleapis.com/auth/googlehealth.',
    ),
  },
  {
    ...maker,
    id: 6327,
    name: 'Garmin',
    share: 14,
    userIDStyle: 'guid',
    scopes: [...ticked('ACTIVITY_EXPORT HEALTH_EXPORT MCT_EXPORT'), ['HISTORICAL_DATA_EXPORT', 'unticked']],
  },
  {
    ...maker,
    id: 45417,
    name: 'Oura',
    share: 10,
    userIDStyle: 'guid',
    scopes: [
      ['personal', 'always'],
      ...ticked('email daily heartrate workout session tag spo2 ring_configuration stress heart_health'),
    ],
  },
  {
    ...maker,
    id: 5691,
    name: 'Dexcom',
    share: 5,
    userIDStyle: 'hex64',
    scopes: [['offline_access', 'always']],
  },
  {
    ...maker,
    id: 1466,
    name: 'Omron',
    share: 5,
    userIDStyle: 'guid',
    scopes: [
      ['openid', 'always'],
      ['offline_access', 'always'],
      ...ticked('bloodpressure activity weight temperature'),
    ],
  },
  {
    ...maker,
    id: 564,
    name: 'Fitbit',
    share: 9,
    userIDStyle: 'base36',
    // Support ended a month before the sample is seen: most grants are gone, the rest stand still.
    outcomes: outcomes(20, 77, 3, 0),
    closesAt: Date.parse('2026-06-30T20:00:00Z'),
    fetchesUntil: Date.parse('2026-09-30T07:00:00Z'),
    scopes: ticked(
      'profile sleep oxygen_saturation respiratory_rate temperature electrocardiogram settings weight activity heartrate nutrition cardio_fitness',
    ),
  },
];

const patientIDStyles = ['token24', 'digits8', 'guid'] as const;

/** Shares of a list of organisations: the first is used far more than the last (Zipf's law, flattened). */
function spread(
  names: readonly string[],
  total: number,
  rest: Omit<SampleProvider, 'name' | 'share' | 'userIDStyle'>,
) {
  const weights = names.map((_, rank) => 1 / (rank + 4));
  const sum = weights.reduce((left, right) => left + right, 0);
  return names.map((name, rank): SampleProvider => {
    const userIDStyle = patientIDStyles[rank % patientIDStyles.length] ?? 'guid';
    return { ...rest, name, share: (total * (weights[rank] ?? 0)) / sum, userIDStyle };
  });
}

/** Everything a sample's participants choose from. Shares add up to 100. */
export const providerMix: readonly SampleProvider[] = [
  ...makers,
  ...spread(inventedProviders, 29, {
    ...always,
    id: null,
    category: 'Provider',
    scopes: null,
    outcomes: outcomes(81, 5, 5.3, 8.7),
    refreshedEveryMs: 20 * hourMs,
  }),
  ...spread(inventedPlans, 9, {
    ...always,
    id: null,
    category: 'Health Plan',
    scopes: null,
    outcomes: outcomes(78, 8, 5.3, 8.7),
    refreshedEveryMs: 84 * hourMs,
  }),
];
