import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../test/harness/runCommand.ts';
import { ConfigError } from '../platform/config/parseConfig.ts';
import { readConfiguration } from './readConfiguration.ts';

const oura = { TRIBUTARY_PROVIDER_OURA_CLIENT_ID: 'id', TRIBUTARY_PROVIDER_OURA_CLIENT_SECRET: 'hunter2' };

describe('readConfiguration', () => {
  it('gives the settings of the service and of providers', async () => {
    const { config, catalogue } = await readConfiguration({ ...oura, TRIBUTARY_PORT: '9000' });
    expect(config.TRIBUTARY_PORT).toBe(9000);
    expect([...catalogue.credentials.keys()]).toEqual(['oura']);
  });

  it('tells the mistakes of both at once', async () => {
    const refusal: unknown = await readConfiguration({
      TRIBUTARY_PORT: 'x',
      TRIBUTARY_PROVIDER_OURA_CLIENT_ID: 'id',
      TRIBUTARY_PROVIDER_NOBODY_REGION: 'x',
    }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ConfigError);
    expect((refusal as ConfigError).mistakes).toEqual([
      expect.stringMatching(/^TRIBUTARY_PORT must be/),
      expect.stringMatching(/^Oura is set up in part: TRIBUTARY_PROVIDER_OURA_CLIENT_SECRET/),
      expect.stringMatching(/^TRIBUTARY_PROVIDER_NOBODY_REGION is not a setting of any provider/),
    ]);
  });
});

describe('tributary check-config', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tributary-check-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('shows what is set for providers, and no secret', async () => {
    for (const words of [['check-config'], ['check-config', '--json']]) {
      const { code, stdout } = await runCommand(words, { TRIBUTARY_DATA_DIR: directory, ...oura });
      expect(code).toBe(0);
      expect(stdout).toMatch(/TRIBUTARY_PROVIDER_OURA_CLIENT_ID"?:?\s+"?id/);
      expect(stdout).toMatch(/TRIBUTARY_PROVIDER_OURA_CLIENT_SECRET"?:?\s+"?\[secret\]/);
      expect(stdout).not.toContain('hunter2');
    }
  });

  it('fails with every mistake', async () => {
    const { code, stderr } = await runCommand(['check-config'], {
      TRIBUTARY_PORT: 'x',
      TRIBUTARY_PROVIDER_OURA_CLIENT_SECRET: 'hunter2',
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/2 mistakes/);
    expect(stderr).toMatch(/Oura is set up in part: TRIBUTARY_PROVIDER_OURA_CLIENT_ID missing/);
    expect(stderr).not.toContain('hunter2');
  });
});
