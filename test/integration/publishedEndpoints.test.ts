import { beforeEach, describe, expect, it } from 'vitest';
import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import { importProviders } from '../../src/directories/importProviders.ts';
import { sql, type Database } from '../../src/platform/storage/database.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';

const plain = 'https://a.example.org/r4';
const slash = 'https://a.example.org/r4/';
const capitals = 'https://A.example.org:443/r4';

const anybody = {
  kind: 'vendor',
  slug: 'anybody',
  category: 'Provider',
  recognises: { everythingElse: true },
} as unknown as NamedDefinition;

describe('how an endpoint is spelt', () => {
  let database: Database;
  beforeEach(async () => {
    ({ database } = await createTestDatabase());
  });

  /** Each directory lists these addresses, an organisation at each; all of one call are one import. */
  async function list(directories: Readonly<Record<string, readonly string[]>>, allowEmpty = false) {
    const files = Object.entries(directories).map(([directory, addresses]) => {
      const lines = addresses.map((address, number) => `${directory} ${number},${address}\n`);
      return { name: `${directory}.csv`, bytes: Buffer.from(`name,endpoint\n${lines.join('')}`) };
    });
    await importProviders(database, {
      format: 'csv',
      files,
      definitions: new Map([['anybody', anybody]]),
      allowEmpty,
      clock: createFakeClock(),
      actor: 'test',
    });
    return spelt();
  }

  async function spelt(): Promise<string | undefined> {
    const [row] = await database.query<{ spelt: string }>(
      sql`select coalesce(published_url, base_url) as spelt from endpoints where base_url = ${plain}`,
    );
    return row?.spelt;
  }

  it('is told by the first directory that lists it, whatever later ones say', async () => {
    expect(await list({ first: [slash] })).toBe(slash);
    for (let round = 0; round < 2; round++) {
      expect(await list({ second: [plain] })).toBe(slash);
      expect(await list({ third: [capitals] })).toBe(slash);
      expect(await list({ first: [slash] })).toBe(slash);
    }
  });

  it('is told without a slash by a first directory that has none', async () => {
    expect(await list({ first: [plain] })).toBe(plain);
    expect(await list({ second: [slash] })).toBe(plain);
    expect(await list({ first: [plain], second: [slash] })).toBe(plain);
  });

  it('is corrected by the directory that has the word', async () => {
    await list({ first: [plain] });
    await list({ second: [plain] });
    expect(await list({ first: [slash], second: [plain] })).toBe(slash);
    expect(await list({ second: [plain] })).toBe(slash);
  });

  it('is left to the others when that directory lists the endpoint no more', async () => {
    await list({ first: [slash] });
    await list({ second: [plain] });
    // Nobody else has spoken since, so it stays as it is.
    expect(await list({ first: ['https://b.example.org/r4'] })).toBe(slash);
    expect(await list({ second: [plain] })).toBe(plain);
    expect(await list({ first: [slash] })).toBe(plain);
    expect(await list({ second: [], first: [slash] }, true)).toBe(slash);
  });

  it('stays when another directory that takes over has that spelling too', async () => {
    await list({ first: [slash] });
    expect(await list({ first: [], second: [plain, slash] }, true)).toBe(slash);
    // The second one has the word now.
    expect(await list({ first: [capitals] })).toBe(slash);
    expect(await list({ second: [plain] })).toBe(plain);
    // Of several who could take over, it is one that has the spelling, not the first.
    expect(await list({ first: [capitals], second: [], third: [slash], zeroth: [plain] }, true)).toBe(plain);
  });

  it('is that of the first entry in a directory that has it both ways, and stays in any other order', async () => {
    expect(await list({ first: [slash, plain, capitals] })).toBe(slash);
    expect(await list({ first: [capitals, plain, slash] })).toBe(slash);
    expect(await list({ first: [capitals, plain] })).toBe(capitals);
  });

  it('is not told by a directory whose entry is merged into that of another', async () => {
    const one = (directory: string, address: string) => ({
      name: `${directory}_EndpointSources.json`,
      bytes: Buffer.from(JSON.stringify({ Endpoints: [{ URL: address, OrganizationName: 'Alder' }] })),
    });
    const run = (...files: ReturnType<typeof one>[]) =>
      importProviders(database, {
        format: 'lantern',
        files,
        definitions: new Map([['anybody', anybody]]),
        clock: createFakeClock(),
        actor: 'test',
      });
    await run(one('Second', plain));
    for (let round = 0; round < 2; round++) {
      await run(one('First', slash), one('Second', plain));
      expect(await spelt()).toBe(plain);
      await run(one('Second', plain));
      expect(await spelt()).toBe(plain);
    }
  });

  it('is learnt for endpoints that an earlier release has stored', async () => {
    await list({ first: [plain] });
    await list({ second: [plain] });
    await database.query(sql`update endpoints set published_url = null, published_by = null`);
    expect(await list({ second: [slash] })).toBe(slash);
  });

  it('writes nothing when nothing has changed', async () => {
    const versions = () => database.query(sql`select *, xmin::text from endpoints order by endpoint_id`);
    const given = { first: [slash, 'https://B.example.org/r4'], second: [plain, capitals] };
    await list(given);
    const before = await versions();
    await list(given);
    await list({ second: given.second });
    expect(await versions()).toEqual(before);
  });
});
