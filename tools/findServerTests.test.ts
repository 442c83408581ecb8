import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findServerTests } from './findServerTests.ts';

const files = {
  'test/harness/server.ts': `export const open = () => inject('server');`,
  'test/harness/world.ts': `import {\n  open,\n} from './server.ts';`,
  'test/integration/self.test.ts': `inject('server');`,
  'test/integration/near.test.ts': `import { open } from '../harness/server.ts';`,
  'test/integration/far.test.ts': `import { world } from '../harness/world.ts';`,
  'test/integration/late.test.ts': `const { open } = await import('../harness/server.ts');`,
  'test/integration/none.test.ts': `import { it } from 'vitest';`,
  'test/browser/marked.test.ts': `// On one PostgreSQL: the reason.\nimport { open } from '../harness/server.ts';`,
  'test/browser/unreasoned.test.ts': `// On one PostgreSQL:\nimport { open } from '../harness/server.ts';`,
  'src/beside.test.ts': `import { world } from '../test/harness/world.ts';`,
};
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tributary-tests-'));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(root, dirname(name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
});
afterAll(() => rm(root, { recursive: true }));

describe('the tests for every PostgreSQL', () => {
  it('are all that come to a server, however far away, unless they give a reason', () => {
    expect(findServerTests(root)).toEqual({
      everywhere: [
        'src/beside.test.ts',
        'test/browser/unreasoned.test.ts',
        'test/integration/far.test.ts',
        'test/integration/late.test.ts',
        'test/integration/near.test.ts',
        'test/integration/self.test.ts',
      ],
      onOne: new Map([['test/browser/marked.test.ts', 'the reason.']]),
    });
  });

  it('of this project are most of those with a database, the migrations and the journeys among them', () => {
    const { everywhere, onOne } = findServerTests(join(import.meta.dirname, '..'));
    expect(everywhere).toEqual(
      expect.arrayContaining([
        'test/integration/migrate.test.ts',
        'test/integration/schema.test.ts',
        'test/integration/vaultStart.test.ts',
        'test/journeys/connect.test.ts',
      ]),
    );
    expect(onOne.size).toBeLessThan(everywhere.length / 4);
  });
});
