import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExternalAccountPage } from '../../src/contract/page.ts';
import { accountStatuses, type AccountStatus } from '../../src/contract/externalAccount.ts';
import { changeStatus } from '../../src/accounts/changeStatus.ts';
import { accountEvents, type AccountEvent } from '../../src/accounts/state/statusMachine.ts';
import { createStudy, type Study } from '../builders/study.ts';
import { chooseLength } from '../harness/chooseLength.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { startTestService, type TestService } from '../harness/testService.ts';
import type { Database } from '../../src/platform/storage/database.ts';

/** Histories of the guarantee; each is a study of its own that changes while it is paged through. */
const histories = chooseLength({ short: 250, long: 1_000 });

let database: Database;
let service: TestService;
beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database);
});
afterAll(() => service.close());

/** What happens between two pages; accounts are picked by their place among those that are there. */
type Act =
  | { readonly kind: 'connect'; readonly provider: number; readonly status: AccountStatus }
  | { readonly kind: 'delete'; readonly place: number }
  | { readonly kind: 'event'; readonly place: number; readonly event: AccountEvent };

const providers = [6327, 45417, 5691];
const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    kind: fc.constant('connect' as const),
    provider: fc.constantFrom(...providers),
    status: fc.constantFrom(...accountStatuses),
  }),
  fc.record({ kind: fc.constant('delete' as const), place: fc.nat() }),
  fc.record({
    kind: fc.constant('event' as const),
    place: fc.nat(),
    event: fc.constantFrom(...accountEvents),
  }),
);

const history = fc.record({
  start: fc.array(
    fc.record({ provider: fc.constantFrom(...providers), status: fc.constantFrom(...accountStatuses) }),
    { maxLength: 12 },
  ),
  limit: fc.integer({ min: 1, max: 5 }),
  filter: fc.constantFrom(
    '',
    'externalAccountStatuses=fetchComplete',
    'externalAccountStatuses=unauthorized,error',
    'providerNames=Garmin,Oura',
    'providerIDs=5691&externalAccountStatuses=fetchingData,fetchComplete',
    'providerCategories=Device%20Manufacturer&externalAccountStatuses=error',
  ),
  sendFiltersAgain: fc.boolean(),
  between: fc.array(fc.array(act, { maxLength: 4 }), { minLength: 1, maxLength: 6 }),
});

/** Everything an account ever was during the traversal, so that "matches throughout" can be judged. */
interface Lived {
  readonly provider: number;
  readonly statuses: Set<AccountStatus>;
  readonly fromTheStart: boolean;
  deleted: boolean;
}

describe('paging under change', () => {
  it(`returns an account that exists and matches throughout exactly once, over ${histories} histories`, async () => {
    let traversals = 0;
    await fc.assert(
      fc.asyncProperty(history, async ({ start, limit, filter, sendFiltersAgain, between }) => {
        const study = await createStudy(database);
        const token = await service.issueToken(study.projectID);
        const lived = new Map<number, Lived>();
        for (const { provider, status } of start) await connect(study, lived, provider, status, true);

        const seen: number[] = [];
        let nextPageID: string | undefined;
        let round = 0;
        do {
          const filters = nextPageID === undefined || sendFiltersAgain ? filter : '';
          const next = nextPageID === undefined ? '' : `&nextPageID=${nextPageID}`;
          const answer = await service.send({
            url: `/api/v1/administration/projects/${study.projectID}/externalAccounts?limit=${limit}&${filters}${next}`,
            token,
          });
          expect(answer.statusCode).toBe(200);
          const page = answer.json<ExternalAccountPage>();
          expect(page.externalAccounts.length).toBeLessThanOrEqual(limit);
          seen.push(...page.externalAccounts.map(({ id }) => id));
          nextPageID = page.nextPageID;
          for (const step of between[round] ?? []) await perform(study, token, lived, step);
          round++;
        } while (nextPageID !== undefined);
        traversals++;

        expect(seen).toEqual([...new Set(seen)].sort((left, right) => left - right));
        for (const [id, account] of lived) {
          const always = account.fromTheStart && !account.deleted && matches(filter, account, 'always');
          if (always) expect(seen).toContain(id);
          if (!matches(filter, account, 'ever')) expect(seen).not.toContain(id);
        }
        expect(seen.every((id) => lived.has(id))).toBe(true);
      }),
      { numRuns: histories },
    );
    expect(traversals).toBeGreaterThanOrEqual(histories);
  }, 300_000);
});

async function connect(
  study: Study,
  lived: Map<number, Lived>,
  provider: number,
  status: AccountStatus,
  first = false,
) {
  const id = await study.addAccount({ providerID: provider, status });
  lived.set(id, { provider, statuses: new Set([status]), fromTheStart: first, deleted: false });
}

async function perform(study: Study, token: string, lived: Map<number, Lived>, step: Act): Promise<void> {
  if (step.kind === 'connect') return connect(study, lived, step.provider, step.status);
  const alive = [...lived].filter(([, { deleted }]) => !deleted);
  const picked = alive[step.place % alive.length];
  if (picked === undefined) return;
  const [accountID, account] = picked;
  if (step.kind === 'delete') {
    const url = `/api/v1/administration/projects/${study.projectID}/externalAccounts/${accountID}`;
    expect((await service.send({ method: 'DELETE', url, token })).statusCode).toBe(204);
    account.deleted = true;
    return;
  }
  const change = await database.transaction((transaction) =>
    changeStatus(transaction, {
      projectID: study.projectID,
      accountID,
      generation: 1,
      event: step.event,
      actor: 'test',
      now: Date.parse('2026-06-01T00:00:00Z'),
    }),
  );
  if (change.outcome === 'changed') account.statuses.add(change.state.status);
}

/** Whether the account matched the filter at every moment, or at any. */
function matches(filter: string, account: Lived, when: 'always' | 'ever'): boolean {
  const parameters = new URLSearchParams(filter);
  const wanted = parameters.get('externalAccountStatuses')?.split(',') as AccountStatus[] | undefined;
  const statuses = [...account.statuses];
  const byStatus =
    wanted === undefined ||
    (when === 'always'
      ? statuses.every((one) => wanted.includes(one))
      : statuses.some((one) => wanted.includes(one)));
  const byProvider =
    (!parameters.has('providerNames') || [6327, 45417].includes(account.provider)) &&
    (!parameters.has('providerIDs') || account.provider === 5691);
  return byStatus && byProvider;
}
