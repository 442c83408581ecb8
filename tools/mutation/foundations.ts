/**
 * The files on which everything that is fetched will stand, and for each the tests that state what it guarantees. Few
 * and fast ones: each is run once for every break.
 */
export const testsOf: Readonly<Record<string, readonly string[]>> = {
  'src/accounts/changeStatus.ts': ['test/integration/refreshAccount.test.ts'],
  'src/accounts/state/statusMachine.ts': ['src/accounts/state/statusMachine.test.ts'],
  'src/accounts/state/scopeLedger.ts': ['test/integration/connectAccount.test.ts'],
};
