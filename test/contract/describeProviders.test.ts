import { describe, expect, it } from 'vitest';
import { readDefinitions } from '../../src/definitions/loadDefinitions.ts';
import { providersFolder } from '../../src/main/openCatalogue.ts';
import { renderProviders } from '../../tools/describeProviders.ts';
import { buildDefinition, changeDefinition } from '../builders/definition.ts';

const render = (changes: Readonly<Record<string, unknown>>) =>
  renderProviders(new Map([['meadow', changeDefinition(buildDefinition(), changes)]])).split('\n');

describe('the matrix of providers', () => {
  it('has a row for every definition in every table, with as many cells as columns', async () => {
    const definitions = await readDefinitions(providersFolder);
    const lines = renderProviders(definitions).split('\n');
    const matrices = lines.flatMap((line, at) =>
      line.startsWith('| provider | ') && !line.startsWith('| provider | name | meaning') ? [at] : [],
    );
    expect(matrices).toHaveLength(6);
    for (const at of matrices) {
      const rows = lines.slice(at + 2, at + 2 + definitions.size);
      expect(rows.map((row) => row.split(' | ')[0])).toEqual(
        [...definitions.keys()].map((slug) => `| ${slug}`),
      );
    }
    for (let at = 1; at < lines.length; at++)
      if (lines[at]?.startsWith('|') && lines[at - 1]?.startsWith('|'))
        expect(cells(lines[at]!), lines[at]).toBe(cells(lines[at - 1]!));
  });

  it('has a note for every uncertain fact, and marks the cells that show it', () => {
    const lines = render({
      uncertain: {
        'auth.refresh.policy': { certainty: 'low', verify: 'whether it | rotates' },
        'delivery.resources.0.itemsAt': { certainty: 'medium', verify: 'x' },
      },
    });
    expect(lines).toContain(
      '[^meadow-1]: Meadow, `auth.refresh.policy`, certainty low. To verify: whether it \\| rotates.',
    );
    const marked = lines.filter((line) => line.includes('[^meadow-1]') && line.startsWith('|'));
    expect(marked).toEqual([expect.stringContaining('| new one each time[^meadow-1] |')]);
    expect(lines.find((line) => line.startsWith('| `nights`[^meadow-2] |'))).toBeDefined();
  });

  it('lets no text break out of its cell', () => {
    const lines = render({ name: 'A | *B* <script>\n[x](y)', 'auth.tokenUrl': 'https://a.example.org/|`x`' });
    expect(lines.join('\n')).not.toMatch(/[^\\]<script/);
    expect(
      lines.find((line) => line.startsWith('| meadow | A \\| \\*B\\* \\<script\\> \\[x\\](y) |')),
    ).toBeDefined();
    expect(lines.find((line) => line.includes("`https://a.example.org/\\|'x'`"))).toBeDefined();
  });
});

function cells(row: string): number {
  return row.replaceAll('\\|', '').split('|').length;
}
