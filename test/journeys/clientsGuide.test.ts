import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/platform/storage/database.ts';
import { createStudy } from '../builders/study.ts';
import { createTestDatabase } from '../harness/testDatabase.ts';
import { startTestService, type TestService } from '../harness/testService.ts';

const run = promisify(execFile);
const guide = join(import.meta.dirname, '../../docs/guides/clients.md');
const missing = spawnSync('curl', ['--version'], { stdio: 'ignore' }).status !== 0;
if (missing) console.warn('SKIPPED, NOT PROVEN: the commands of the guide need curl, which is not here.');

let database: Database;
let service: TestService;
beforeAll(async () => {
  ({ database } = await createTestDatabase());
  service = await startTestService(database);
  await service.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => service.close());

/** The shell commands below a heading of the guide. */
async function readCommands(heading: string): Promise<string[]> {
  const text = await readFile(guide, 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1]!);
}

describe.skipIf(missing)('the guide for clients', () => {
  it('gets a participant token and uses it, with the commands as they are printed', async () => {
    const study = await createStudy(database);
    const participantID = await study.addParticipant('P-guide');
    const { port } = service.app.server.address() as AddressInfo;
    const environment = {
      PATH: process.env.PATH ?? '',
      BASE: `http://127.0.0.1:${port}`,
      TOKEN: await service.issueToken(study.projectID),
      PARTICIPANT: participantID,
    };
    const [getToken, useToken, ...others] = await readCommands('Participant tokens');
    expect(others).toEqual([]);
    const answer = JSON.parse((await run('sh', ['-c', getToken!], { env: environment })).stdout) as Record<
      string,
      string
    >;
    expect(answer).toMatchObject({
      token_type: 'Bearer',
      expires_in: 21_600,
      scope: 'ExternalAccounts:read Participant:read',
    });
    const used = await run('sh', ['-c', useToken!], {
      env: { ...environment, PARTICIPANT_TOKEN: answer.access_token ?? '' },
    });
    expect(JSON.parse(used.stdout)).toMatchObject({ participantID, participantIdentifier: 'P-guide' });
  });
});
