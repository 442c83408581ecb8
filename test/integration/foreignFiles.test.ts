import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readAccountFile } from '../../src/accounts/readAccountFile.ts';
import { readParticipants } from '../../src/projects/import/readParticipants.ts';
import { BadLines } from '../../src/platform/intake/badLines.ts';
import { explainHeader } from '../../src/platform/intake/explainHeader.ts';
import { InputBroken, readText } from '../../src/platform/intake/readText.ts';
import { judgeSign } from '../../src/platform/intake/signOfNothing.ts';

const wanted = ['ParticipantIdentifier', 'ParticipantID', 'Status'];

async function refusalOf(bytes: Buffer): Promise<string | undefined> {
  try {
    await Array.fromAsync(readText(Readable.from([bytes])).text);
    return undefined;
  } catch (error) {
    if (error instanceof InputBroken) return error.message;
    throw error;
  }
}
const zip = (name: string) =>
  Buffer.concat([Buffer.from('504b0304', 'hex'), Buffer.alloc(26), Buffer.from(name)]);

describe('a file of another program', () => {
  it.each([
    ['an .xlsx', zip('[Content_Types].xml'), /Excel workbook \(\.xlsx\); open it and save/],
    ['another .xlsx', zip('_rels/.rels'), /Excel workbook \(\.xlsx\)/],
    ['an .ods', zip('mimetypeapplication/vnd.oasis.opendocument.spreadsheet'), /OpenDocument/],
    ['a zip', zip('DataScopes.csv'), /zip archive; unpack it/],
    ['an .xls', Buffer.from('d0cf11e0a1b11ae1', 'hex'), /old Excel workbook/],
    ['UTF-16 with a mark', Buffer.from('\ufeffParticipantIdentifier', 'utf16le'), /UTF-16.*save it as UTF-8/],
    ['UTF-16 from its big end', Buffer.from('\ufeffParticipant', 'utf16le').swap16(), /UTF-16/],
    ['UTF-16 without a mark', Buffer.from('ParticipantIdentifier', 'utf16le'), /UTF-16/],
  ])('is named, with what to do: %s', async (_, bytes, refusal) => {
    expect(await refusalOf(bytes)).toMatch(refusal);
  });

  it.each(['ParticipantIdentifier\n', '', 'a', 'PK', '{"a":1}'])(
    'is not seen in plain text: %j',
    async (text) => {
      expect(await refusalOf(Buffer.from(text))).toBeUndefined();
    },
  );
});

describe('a header', () => {
  it.each([
    [['ParticipantIdentifier;Status'], /divided by semicolons/],
    [['ParticipantIdentifier\tStatus'], /divided by tabs/],
    [['sep=;'], /sep= line/],
    [['sep='], /sep= line/],
    [['Participant Identifier', 'Status'], /"Participant Identifier" is written ParticipantIdentifier$/],
    [['participant_identifier', 'status'], /ParticipantIdentifier, "status" is written Status$/],
  ])('that is nearly right is explained: %j', (fields, explanation) => {
    expect(explainHeader(fields, wanted)).toMatch(explanation);
  });

  it.each([[['ParticipantIdentifier', 'Status']], [['A;B', 'C']], [['P-1', 'FetchComplete']], [[]]])(
    'that is right, or nothing of the kind, is not: %j',
    (fields) => {
      expect(explainHeader(fields, wanted)).toBeUndefined();
    },
  );
});

describe('a sign for nothing', () => {
  it('is refused as what it is, and a value that looks like it is not', () => {
    expect(judgeSign('NA')).toContain('R writes it');
    for (const text of ['NA-1', 'na', 'N', '', 'None of these', '0']) expect(judgeSign(text)).toBeUndefined();
  });

  it('is refused wherever an account has one: R’s NA is no scope and nobody', async () => {
    const header =
      'ParticipantIdentifier,Status,LastRefreshDate,ProviderName,ProviderCategory,ConnectionDate,ProviderUserID,DataScopes';
    const row = 'NA-1,FetchComplete,2026-10-31T13:22:37,Omron,Device Manufacturer,2025-06-25T23:44:31,NA,NA';
    const file = readAccountFile(Readable.from([`${header}\n${row}\n`]));
    expect(await Array.fromAsync(file.accounts)).toEqual([]);
    const { badLines } = file;
    expect(badLines.count).toBe(2);
    expect(JSON.stringify(badLines.list())).toContain('R writes it for an empty cell');
  });

  it('is no participant either', async () => {
    const badLines = new BadLines();
    const text = Readable.from(['ParticipantIdentifier,ParticipantID\nNA,\nP-1,NA\nP-2,\n']);
    const found = await Array.fromAsync(readParticipants(text, badLines, []));
    expect(found.map(({ participantIdentifier }) => participantIdentifier)).toEqual(['P-2']);
    expect(badLines.count).toBe(2);
  });
});
