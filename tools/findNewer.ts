/**
 * Among versions of a package that packs PostgreSQL (`18.4.0-beta.17`), the one with the newest minor of the same
 * major that is newer than what is locked; and what PostgreSQL the locked one is.
 */
export function findNewer(locked: string, versions: readonly string[]) {
  const [major, minor] = readPostgres(locked);
  let newest = minor;
  let newer: string | undefined;
  for (const version of versions) {
    const [itsMajor, itsMinor] = readPostgres(version);
    if (itsMajor !== major || itsMinor <= newest) continue;
    newest = itsMinor;
    newer = version;
  }
  return { major, minor, newer };
}

function readPostgres(version: string): [major: number, minor: number] {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return [major, minor];
}
