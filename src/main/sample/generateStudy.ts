import type { ImportedAccount } from '../../accounts/importedAccount.ts';
import { createSeededRandom, type SeededRandom } from '../../platform/random/seededRandom.ts';
import { drawHistory, drawEnrolment } from './accountHistory.ts';
import { providerMix, type SampleProvider } from './providerMix.ts';
import { createUserIDs, type UserIDs } from './userIDs.ts';

/** What decides every account of a sample. */
export interface SampleRecipe {
  readonly projectID: string;
  /** How many accounts, exactly. */
  readonly accounts: number;
  /** Any text; another seed is another study. */
  readonly seed: string;
}

/** Ten times the largest study that is measured; identifiers stay distinct up to here. */
export const sampleAccountsMax = 10_000_000;

/**
 * The accounts of a believable study, one participant after the other.
 *
 * The same project, seed and number give the same accounts, byte for byte, on every machine and in every year:
 * nothing depends on the time or on chance. A larger number continues the smaller one. Each participant is drawn
 * on its own, so that a million accounts need no more memory than one; no participant has a provider twice, and
 * no provider has a user twice.
 *
 * @throws {RangeError} unless `accounts` is a whole number from 0 to 10 million
 */
export function* generateStudy({
  projectID,
  accounts,
  seed,
}: SampleRecipe): Generator<ImportedAccount, void, undefined> {
  if (!Number.isInteger(accounts) || accounts < 0 || accounts > sampleAccountsMax)
    throw new RangeError(`A sample has from 0 to ${sampleAccountsMax} accounts`);
  const study = `tributary sample 1\n${projectID.toLowerCase()}\n${seed}`;
  const userIDs = createUserIDs(createSeededRandom(study));
  let line = 0;
  for (let participant = 1; line < accounts; participant++) {
    const random = createSeededRandom(`${study}\n${participant}`);
    const participantID = random.uuid();
    const participantIdentifier = `RIVER-${String(participant).padStart(5, '0')}`;
    for (const drawn of drawAccounts(random, participant, userIDs)) {
      if (line === accounts) return;
      line++;
      yield { line, accountID: null, participantID, participantIdentifier, ...drawn };
    }
  }
}

type DrawnAccount = Omit<ImportedAccount, 'line' | 'accountID' | 'participantID' | 'participantIdentifier'>;

function drawAccounts(random: SeededRandom, participant: number, userIDs: UserIDs): DrawnAccount[] {
  const enrolledAt = drawEnrolment(random);
  const drawn = drawProviders(random, enrolledAt).map((provider): DrawnAccount => {
    const { status, connectedAt, lastFetchAt } = drawHistory(random, provider, enrolledAt);
    const providerUserID = userIDs.draw(random, provider.userIDStyle, participant);
    return {
      status,
      connectedAt,
      lastFetchAt,
      providerID: provider.id,
      providerName: provider.name,
      providerCategory: provider.category,
      // Dexcom tells its name for a person only with the first data.
      providerUserID: status === null && provider.userIDStyle === 'hex64' ? null : providerUserID,
      dataScopes: drawScopes(random, provider),
    };
  });
  return drawn.sort((left, right) => (left.connectedAt < right.connectedAt ? -1 : 1));
}

/** One to four different providers that were still open when the participant came. */
function drawProviders(random: SeededRandom, enrolledAt: number): SampleProvider[] {
  const wanted = 1 + drawWeighted(random, [38, 34, 19, 9]);
  const chosen = new Set<SampleProvider>();
  while (chosen.size < wanted) {
    const provider = providerMix[drawWeighted(random, shares)];
    if (provider !== undefined && enrolledAt < provider.closesAt) chosen.add(provider);
  }
  return [...chosen];
}

const shares = providerMix.map(({ share }) => share);

/** An index, as often as its weight says. */
function drawWeighted(random: SeededRandom, weights: readonly number[]): number {
  let rest = random.fraction() * weights.reduce((left, right) => left + right, 0);
  const found = weights.findIndex((weight) => (rest -= weight) < 0);
  return found === -1 ? weights.length - 1 : found;
}

/** What a participant granted: three in four leave the consent page as it is, the others choose. */
function drawScopes(random: SeededRandom, { scopes }: SampleProvider): readonly string[] | null {
  if (scopes === null) return null;
  const chooses = random.chance(0.25);
  const granted = scopes.filter(([, standing]) => {
    if (standing === 'always' || !chooses) return standing !== 'unticked';
    return standing === 'ticked' ? random.chance(0.65) : random.chance(0.8);
  });
  return (granted.length > 0 ? granted : scopes.slice(0, 1)).map(([name]) => name);
}
