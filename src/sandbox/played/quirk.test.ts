import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDefinitions } from '../../definitions/loadDefinitions.ts';
import { loadFolder } from '../../platform/loading/loadFolder.ts';
import type { Quirk } from './quirk.ts';

const definitions = await loadDefinitions(join(import.meta.dirname, '../../providers'));
const quirks = await loadFolder(join(import.meta.dirname, '../quirks'), 'quirk');

describe.each(quirks.map(({ name, value }) => [name, value as Quirk] as const))(
  'the quirk %s',
  (slug, quirk) => {
    const auth = definitions.get(slug)?.auth;
    if (auth === undefined || auth.kind === 'none')
      throw new Error(`${slug} is no provider that can be played`);

    it('names what the definition has', () => {
      const scopes = auth.scopes.map(({ name }) => name);
      for (const name of quirk.unticked ?? []) expect(scopes).toContain(name);
      const { authorize = {}, refresh = {} } = quirk.refreshTokenNeeds ?? {};
      expect(auth.authorizeParameters ?? {}).toMatchObject(authorize);
      expect(auth.refreshParameters ?? {}).toMatchObject(refresh);
    });

    it('says something that the definition does not', () => {
      if (quirk.tokenScope !== undefined) expect(auth.grantedScopes.from).not.toBe('token-answer');
      if (quirk.userIDOnlyAt !== undefined)
        expect(auth.userID.map(({ from }) => from)).toContain('token-answer');
      expect(Object.keys(quirk).length).toBeGreaterThan(0);
    });
  },
);
