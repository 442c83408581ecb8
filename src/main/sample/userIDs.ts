import type { SeededRandom } from '../../platform/random/seededRandom.ts';
import type { SampleIDStyle } from './providerMix.ts';

/** Providers' own names for participants, no two of one provider alike. */
export interface UserIDs {
  /** In the provider's style; the short ones come from the participant's number alone, the long ones from chance. */
  draw(random: SeededRandom, style: SampleIDStyle, participant: number): string;
}

/**
 * User IDs of one study.
 *
 * Short ones cannot be left to chance: among 70,000 random Fitbit IDs of six characters two alike are to be
 * expected. They are a permutation of the participants' numbers instead, which looks as random and never
 * collides, and needs no memory.
 */
export function createUserIDs(study: SeededRandom): UserIDs {
  const base36 = createPermutation(study, 36 ** 6);
  const digits8 = createPermutation(study, 10 ** 8);
  const digits9 = createPermutation(study, 10 ** 9);
  return {
    draw: (random, style, participant) => {
      switch (style) {
        case 'guid':
          return random.uuid();
        case 'hex64':
          return random.bytes(32).toString('hex');
        case 'token24':
          return `e${random.bytes(18).toString('base64url').slice(0, 23)}`;
        case 'base36':
          return base36(participant).toString(36).toUpperCase().padStart(6, '0');
        case 'digits8':
          return String(digits8(participant)).padStart(8, '0');
        case 'digits19':
          return `${1_000_000_000 + random.below(4_000_000_000)}${String(digits9(participant)).padStart(9, '0')}`;
      }
    },
  };
}

/** A one-to-one map of the whole numbers below `size`, exact for arguments up to 2^24. */
function createPermutation(study: SeededRandom, size: number): (value: number) => number {
  // Coprime to 2, 3 and 5, hence to every size used here; below 2^29, so that products stay exact.
  const factor = 30 * (10_000_000 + study.below(7_000_000)) + 1;
  const offset = study.below(size);
  return (value) => ((value % size) * factor + offset) % size;
}
