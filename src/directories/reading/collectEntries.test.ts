import { expect, it } from 'vitest';
import { EntryCollector, type DraftEntry } from './collectEntries.ts';

const draft: DraftEntry = {
  identity: 'alder',
  directory: 'csv:list',
  name: 'Alder',
  category: 'Provider',
  endpoint: 'https://a.example.org/r4',
  published: 'https://a.example.org/r4/',
  fhirVersion: null,
  aliases: [],
  keywords: [],
  addresses: [],
  managingOrganization: null,
  publisher: null,
};

it('stops before entries fill the memory, whether they are used, repeated or skipped', () => {
  const collector = new EntryCollector(5, 1_200);
  for (let number = 0; number < 1_000; number++)
    collector.add({ ...draft, identity: `${number % 900}`, name: `Alder ${number}` });
  for (let number = 0; number < 200; number++) collector.skip('no-name', () => String(number));
  expect(() => collector.add(draft)).toThrow('The files list more than 1,200 organisations at endpoints');
});

it('keeps no more than a hundred aliases and addresses of one organisation, and five examples of a finding', () => {
  const collector = new EntryCollector(5);
  for (let number = 0; number < 300; number++) {
    const addresses = [{ city: `City ${number}`, state: null, postalCode: null }];
    collector.add({ ...draft, name: `Alder ${number}`, addresses });
    collector.skip('no-name', () => `line ${number}`);
  }
  const { entries, duplicatesMerged, entriesRead, skipped } = collector.finish();
  expect(entries).toHaveLength(1);
  expect(entries[0]?.aliases).toHaveLength(100);
  expect(entries[0]?.addresses).toHaveLength(100);
  expect({ duplicatesMerged, entriesRead }).toEqual({ duplicatesMerged: 299, entriesRead: 600 });
  expect(skipped).toMatchObject([{ reason: 'no-name', entries: 300, examples: { length: 5 } }]);
});
