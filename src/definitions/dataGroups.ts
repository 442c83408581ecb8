import type { DataType } from './dataTypes.ts';
import type { Scope } from './shape/auth.ts';

/** Under which heading a kind of data stands on a page, in the order of the page. */
const dataGroups: readonly (readonly [title: string, types: readonly DataType[]])[] = [
  ['Activity and exercise', ['activity', 'workouts', 'location', 'cardio-fitness']],
  ['Sleep and recovery', ['sleep', 'stress', 'readiness']],
  ['Heart', ['heart-rate', 'heart-rate-variability', 'ecg', 'heart-rhythm', 'blood-pressure']],
  [
    'Body',
    [
      'weight',
      'body-composition',
      'temperature',
      'oxygen-saturation',
      'respiratory-rate',
      'glucose',
      'nutrition',
      'reproductive-health',
    ],
  ],
  ['What you enter yourself', ['self-reports']],
  ['Your health', ['conditions', 'allergies', 'immunizations', 'procedures', 'implanted-devices']],
  ['Medicines', ['medications']],
  ['Results and measurements', ['lab-results', 'vital-signs']],
  ['Habits and questionnaires', ['social-history', 'questionnaires']],
  ['Visits and care', ['visits', 'documents', 'care-plans', 'care-providers']],
  ['Insurance', ['coverage', 'claims']],
  ['About you', ['demographics', 'profile', 'devices']],
  ['The connection itself', ['identity', 'continued-access']],
];

/** Things of one heading, as a page lists them. */
export interface SharedGroup {
  readonly title: string;
  readonly items: readonly SharedItem[];
}

/** One thing to share, in a participant's words. */
export interface SharedItem {
  readonly label: string;
  /** Whether there is no connection without it. */
  readonly needed: boolean;
}

/** Scopes by what they release first, each label once, needed before others. */
export function groupScopes(scopes: readonly Scope[]): readonly SharedGroup[] {
  return dataGroups.flatMap(([title, types]) => {
    const needed = new Map<string, boolean>();
    for (const { label, ask, releases } of scopes) {
      if (types.includes(headlineOf(releases)))
        needed.set(label, needed.get(label) === true || ask === 'required');
    }
    const items = [...needed].map(([label, isNeeded]) => ({ label, needed: isNeeded }));
    return items.length === 0
      ? []
      : [{ title, items: items.sort((one, other) => Number(other.needed) - Number(one.needed)) }];
  });
}

/** By its first kind of data; by what it is to the connection only where it opens nothing else. */
function headlineOf(releases: readonly DataType[]): DataType {
  return (
    releases.find((type) => type !== 'identity' && type !== 'continued-access') ?? releases[0] ?? 'devices'
  );
}

/** Kinds of data that stand under no heading; there are none. */
export function listUngrouped(types: readonly DataType[]): readonly DataType[] {
  const grouped = new Set(dataGroups.flatMap(([, own]) => own));
  return types.filter((type) => !grouped.has(type));
}
