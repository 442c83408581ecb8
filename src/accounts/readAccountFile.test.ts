import { Readable } from 'node:stream';
import { createGzip, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataScopesColumns } from '../contract/exportedRow.ts';
import { toFileRow, toRecord, writeCsv, type FileRow } from '../../test/builders/accountFile.ts';
import type { ImportedAccount } from './importedAccount.ts';
import { readAccountFile } from './readAccountFile.ts';

async function read(source: Readable | Buffer | string) {
  const stream = source instanceof Readable ? source : Readable.from(cut(Buffer.from(source), 65_536));
  const file = readAccountFile(stream);
  const accounts = await Array.fromAsync(file.accounts);
  return { accounts, badLines: file.badLines.list(), count: file.badLines.count, unit: file.badLines.unit };
}

function* cut(bytes: Buffer, size: number): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const good: FileRow = {
  ExternalAccountID: '1',
  ParticipantID: '28596C6C-03c8-4b32-9234-231a53556936',
  ParticipantIdentifier: 'MDH-1234',
  Status: 'FetchComplete',
  LastRefreshDate: '2023-01-02T03:04:05',
  ProviderID: '2',
  ProviderName: 'Fitbit',
  ProviderCategory: 'Device Manufacturer',
  ConnectionDate: '2023-01-02T03:04:05',
  ProviderUserID: '6709dc13',
  DataScopes: 'profile sleep',
};

const header = dataScopesColumns.join(',');

describe('the round trip', () => {
  const text = (maxLength: number) =>
    fc.string({
      unit: fc.constantFrom(
        'a',
        'Z',
        '0',
        ' ',
        ',',
        '"',
        '\n',
        '\r',
        '\t',
        '\\',
        'é',
        '名',
        '😀',
        "'",
        '{',
        ']',
      ),
      minLength: 1,
      maxLength,
    });
  const instant = fc
    .tuple(
      fc.date({
        min: new Date('1990-01-01T00:00:00Z'),
        max: new Date('2100-12-31T23:59:59Z'),
        noInvalidDate: true,
      }),
      fc.constantFrom('', '.5', '.123456', '.000001'),
    )
    .map(([date, fraction]) => date.toISOString().slice(0, 19) + fraction);
  const id = fc.option(fc.integer({ min: 1, max: 2_147_483_647 }));
  const scopes = fc.array(fc.stringMatching(/^[a-zA-Z0-9_./:*"\\-]{1,20}$/), { minLength: 2, maxLength: 6 });
  const account = fc.record({
    accountID: id,
    participantID: fc.option(fc.uuid()),
    participantIdentifier: text(30),
    outcome: fc.oneof(
      fc.record({ status: fc.constant('fetchComplete' as const), lastFetchAt: instant }),
      fc.record({
        status: fc.constantFrom('error' as const, 'unauthorized' as const),
        lastFetchAt: fc.option(instant),
      }),
      fc.constant({ status: null, lastFetchAt: null }),
    ),
    providerID: id,
    providerName: text(40),
    providerCategory: fc.constantFrom(
      'Provider' as const,
      'Health Plan' as const,
      'Device Manufacturer' as const,
    ),
    connectedAt: instant,
    providerUserID: fc.option(text(40)),
    scopes: fc.oneof(
      fc.constant({ dataScopes: null }),
      fc.record({ dataScopes: fc.array(fc.constant('one:scope'), { minLength: 1, maxLength: 1 }) }),
      fc.record({ dataScopes: scopes, scopeSeparator: fc.constantFrom(' ' as const, ', ' as const) }),
    ),
  });
  const study = fc.array(account, { maxLength: 12 }).map((drawn) =>
    drawn.map(({ outcome, scopes, ...rest }, index) => ({
      line: index + 1,
      ...rest,
      ...outcome,
      ...scopes,
    })),
  );
  const packed = (content: string, gzip: boolean) => (gzip ? gzipSync(content) : Buffer.from(content));
  /** Lines depend on line breaks inside values; what is compared is everything else. */
  const withoutLines = (accounts: readonly ImportedAccount[]) => accounts.map((one) => ({ ...one, line: 0 }));

  it('gives back any set of accounts from CSV: columns in any order, LF or CRLF, BOM, gzip, any pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        study,
        fc.shuffledSubarray([...dataScopesColumns], { minLength: dataScopesColumns.length }),
        fc.record({ newline: fc.constantFrom('\n', '\r\n'), quoteAll: fc.boolean() }),
        fc.record({ bom: fc.boolean(), gzip: fc.boolean(), piece: fc.integer({ min: 1, max: 500 }) }),
        async (accounts, columns, layout, { bom, gzip, piece }) => {
          const csv = (bom ? '\ufeff' : '') + writeCsv(accounts.map(toFileRow), { columns, ...layout });
          const { accounts: found, badLines } = await read(Readable.from(cut(packed(csv, gzip), piece)));
          expect(badLines).toEqual([]);
          expect(withoutLines(found)).toEqual(withoutLines(accounts));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives back any set of accounts from JSON: array, one a line, one after another; null or left out', async () => {
    const layouts = {
      array: (records: object[]) => JSON.stringify(records),
      prettyArray: (records: object[]) => JSON.stringify(records, null, 2),
      ndjson: (records: object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join(''),
      concatenated: (records: object[]) => records.map((record) => JSON.stringify(record, null, 1)).join(''),
    };
    await fc.assert(
      fc.asyncProperty(
        study.filter((accounts) => accounts.length > 0),
        fc.constantFrom(...Object.values(layouts)),
        fc.record({ gzip: fc.boolean(), piece: fc.integer({ min: 1, max: 500 }), leaveOut: fc.boolean() }),
        async (accounts, layout, { gzip, piece, leaveOut }) => {
          const present = (object: object) =>
            Object.fromEntries(Object.entries(object).filter(([, value]) => !leaveOut || value !== null));
          const records = accounts.map((one) => {
            const record = toRecord(toFileRow(one));
            return present({ ...record, Provider: present(record.Provider) });
          });
          const {
            accounts: found,
            badLines,
            unit,
          } = await read(Readable.from(cut(packed(layout(records), gzip), piece)));
          expect(badLines).toEqual([]);
          expect(unit).toBe('record');
          expect(found).toEqual(accounts);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a good file', () => {
  it('may lack DataScopes and the ids, and says the physical line of each account', async () => {
    const { accounts, badLines } = await read(
      'ParticipantIdentifier,Status,LastRefreshDate,ProviderName,ProviderCategory,ConnectionDate\r\n' +
        '"two\nlines",error,,Clinic,Provider,2023-01-02T03:04:05Z\r\n\r\n' +
        'b,FETCHCOMPLETE,2024-02-29T23:59:59.1234567+02:00,Clinic,Health Plan,2023-01-02T00:30:00+0100',
    );
    expect(badLines).toEqual([]);
    expect(accounts).toMatchObject([
      {
        line: 2,
        accountID: null,
        participantID: null,
        providerID: null,
        status: 'error',
        lastFetchAt: null,
        dataScopes: null,
      },
      {
        line: 5,
        status: 'fetchComplete',
        lastFetchAt: '2024-02-29T21:59:59.123456',
        connectedAt: '2023-01-01T23:30:00',
      },
    ]);
  });

  it.each([
    ['a b c', ['a', 'b', 'c'], ' '],
    ['ACTIVITY_EXPORT, HEALTH_EXPORT', ['ACTIVITY_EXPORT', 'HEALTH_EXPORT'], ', '],
    ['a,b', ['a', 'b'], ', '],
    [' a \t b ', ['a', 'b'], ' '],
    ['alone', ['alone'], undefined],
    [' , ', null, undefined],
    ['', null, undefined],
    ['s'.repeat(100).concat(' ').repeat(400).trim(), Array<string>(400).fill('s'.repeat(100)), ' '],
  ])('splits scopes, case %#', async (DataScopes, dataScopes, scopeSeparator) => {
    const { accounts } = await read(writeCsv([{ ...good, DataScopes }]));
    expect(accounts[0]).toMatchObject({ dataScopes });
    expect(accounts[0]?.scopeSeparator).toBe(scopeSeparator);
  });

  it('takes an unfinished first fetch in all its spellings', async () => {
    for (const [Status, LastRefreshDate] of [
      ['', ''],
      ['FetchingData', ''],
      // The outcome of the fetch of that date is unknown.
      ['fetchingdata', good.LastRefreshDate],
    ]) {
      const { accounts } = await read(
        writeCsv([{ ...good, Status: Status!, LastRefreshDate: LastRefreshDate! }]),
      );
      expect(accounts).toMatchObject([{ status: null, lastFetchAt: null }]);
    }
  });

  it('may have no account at all, but not be empty', async () => {
    expect(await read(`${header}\n`)).toMatchObject({ accounts: [], badLines: [] });
    expect(await read('[]')).toMatchObject({ accounts: [], badLines: [] });
    expect((await read('')).badLines).toEqual([{ line: 1, column: null, reason: 'the file is empty' }]);
    expect((await read(' \n \n')).badLines).toMatchObject([{ line: 1 }]);
  });
});

describe('a bad value is named with line, column and reason', () => {
  const long = (length: number) => '😀'.repeat(length);
  it.each<[keyof FileRow, string, string]>([
    ['ExternalAccountID', '0', 'whole number'],
    ['ExternalAccountID', '2147483648', 'whole number'],
    ['ExternalAccountID', '1.5', 'whole number'],
    ['ExternalAccountID', '-1', 'whole number'],
    ['ExternalAccountID', ' 1', 'whole number'],
    ['ParticipantID', '28596c6c', 'not a GUID'],
    ['ParticipantIdentifier', '', 'empty, but required'],
    ['ParticipantIdentifier', long(201), 'longer than 200 characters'],
    ['ParticipantIdentifier', 'a\0b', 'NUL'],
    ['Status', 'Done', '"Done" is none of Unauthorized, Error, FetchComplete'],
    ['Status', '', 'LastRefreshDate: there, but Status is empty'],
    ['LastRefreshDate', '', 'empty, but Status is FetchComplete'],
    ['LastRefreshDate', '2023-02-29T00:00:00', '"2023-02-29T00:00:00" is not a real date'],
    ['LastRefreshDate', '2023-01-02', 'is not a real date'],
    ['LastRefreshDate', '2023-01-02 03:04:05', 'is not a real date'],
    ['LastRefreshDate', '2023-01-02T24:00:00', 'is not a real date'],
    ['LastRefreshDate', '2023-01-02T03:04:60', 'is not a real date'],
    ['LastRefreshDate', '2023-00-10T03:04:05', 'is not a real date'],
    ['LastRefreshDate', '2023-01-00T03:04:05', 'is not a real date'],
    ['LastRefreshDate', '1989-12-31T23:59:59', 'from 1990 to 2100'],
    ['LastRefreshDate', '2101-01-01T00:00:00', 'from 1990 to 2100'],
    ['LastRefreshDate', '2100-12-31T23:30:00-01:00', 'from 1990 to 2100'],
    ['ProviderID', '99999999999', 'whole number'],
    ['ProviderName', '', 'empty, but required'],
    ['ProviderName', long(301), 'longer than 300 characters'],
    ['ProviderCategory', 'Toaster', '"Toaster" is none of Provider, Health Plan, Device Manufacturer'],
    ['ProviderCategory', '', 'empty, but required'],
    ['ConnectionDate', '', 'empty, but required'],
    ['ConnectionDate', 'yesterday', 'is not a real date'],
    ['ProviderUserID', long(401), 'longer than 400 characters'],
    ['DataScopes', `${'x'.repeat(65_536)} y`, 'longer than 65536 bytes'],
  ])('%s, case %#', async (column, value, reason) => {
    const [named, wanted] = reason.startsWith('LastRefreshDate: ')
      ? (['LastRefreshDate', reason.slice(17)] as const)
      : [column, reason];
    const mistake = (line: number, name: string) => [
      { line, column: name, reason: expect.stringContaining(wanted) as string },
    ];
    const csv = await read(writeCsv([good, { ...good, [column]: value }, good]));
    expect(csv.badLines).toEqual(mistake(3, named));
    expect(csv.accounts.map(({ line }) => line)).toEqual([2, 4]);
    const record = toRecord({ ...good, [column]: value });
    if (Number.isNaN(record.ExternalAccountID) || column.endsWith('ID')) return;
    const json = await read(JSON.stringify([toRecord(good), record]));
    expect(json.badLines).toEqual(mistake(2, named.replace(/^Provider(?=Name|Category)/, 'Provider.')));
  });

  it('never quotes what identifies somebody', async () => {
    const secret = 'SECRET-PERSON';
    const everything = Object.fromEntries(
      (['ParticipantIdentifier', 'ProviderUserID', 'ParticipantID', 'ExternalAccountID'] as const).map(
        (column) => [column, `${secret}\0${'x'.repeat(500)}`],
      ),
    );
    const files = [
      writeCsv([{ ...good, ...everything }]),
      // No header at all: the first line is an account.
      writeCsv([{ ...good, ParticipantIdentifier: secret }])
        .split('\n')
        .slice(1)
        .join('\n'),
      `${header}\n1,"${secret}"${secret},${secret}"\n`,
      JSON.stringify({ [secret]: { [secret]: secret } }),
      JSON.stringify({
        ...toRecord(good),
        ParticipantID: secret,
        ProviderUserID: { a: secret },
        DataScopes: [secret],
      }),
      `[{"ParticipantIdentifier":"${secret}", oops}]`,
      `{"ParticipantIdentifier":"${secret}"`,
    ];
    for (const file of files) {
      const { badLines, count } = await read(file);
      expect(count).toBeGreaterThan(0);
      expect(JSON.stringify(badLines)).not.toContain(secret);
    }
  });

  it('keeps a thousand mistakes and counts the rest', async () => {
    const rows = Array<FileRow>(1500).fill({ ...good, Status: 'Done', ConnectionDate: '' });
    const { badLines, count } = await read(writeCsv(rows));
    expect(count).toBe(3000);
    expect(badLines).toHaveLength(1000);
    expect(badLines.at(-1)?.line).toBe(501);
  });
});

describe('a bad frame', () => {
  it.each([
    ['an unknown column', `${header},Shoe Size\n`, null, 'unknown column "Shoe Size"'],
    ['a missing column', header.replace('Status,', ''), 'Status', 'missing'],
    ['a column twice', `${header},Status\n`, 'Status', 'twice'],
    ['another header', 'name,age\nx,1\n', null, 'not the header of an export'],
    ['a zip archive', 'PK\u0003\u0004rest', null, 'zip archive'],
    ['carriage returns only', `${header}\rx\r`, null, 'carriage return'],
  ])('%s ends the reading of CSV', async (_name, file, column, reason) => {
    const { badLines, accounts } = await read(file);
    expect(accounts).toEqual([]);
    expect(badLines).toEqual([{ line: 1, column, reason: expect.stringContaining(reason) as string }]);
  });

  it.each([
    ['an unknown key', { ...toRecord(good), Shoe: 1 }, null, 'unknown key "Shoe"'],
    [
      'an unknown key of the provider',
      { ...toRecord(good), Provider: { Logo: 'x' } },
      null,
      'unknown key "Provider.Logo"',
    ],
    [
      'a provider that is no object',
      { ...toRecord(good), Provider: 'Fitbit' },
      'Provider',
      'must be an object',
    ],
    [
      'a number for a text',
      { ...toRecord(good), ParticipantIdentifier: 7 },
      'ParticipantIdentifier',
      'must be text',
    ],
    ['a list for a text', { ...toRecord(good), DataScopes: ['a'] }, 'DataScopes', 'must be text'],
    [
      'a fraction for a number',
      { ...toRecord(good), ExternalAccountID: 1.5 },
      'ExternalAccountID',
      'whole number',
    ],
    [
      'half a surrogate pair',
      { ...toRecord(good), ParticipantIdentifier: '\ud800' },
      'ParticipantIdentifier',
      'surrogate',
    ],
    ['no account', { accounts: [] }, null, 'none of the keys of an account'],
  ])('%s costs its JSON record', async (_name, record, column, reason) => {
    const { badLines, accounts } = await read(JSON.stringify([toRecord(good), record, toRecord(good)]));
    expect(accounts).toHaveLength(2);
    expect(badLines).toEqual([{ line: 2, column, reason: expect.stringContaining(reason) as string }]);
  });

  it.each([
    ['{"Status":"Error" "ConnectionDate":1} {"Status":}', ['not valid JSON', 'not valid JSON']],
    ['[{}, 1]', ['none of the keys', 'expected an object here']],
    ['[{}', ['none of the keys', 'the file ends before its array does']],
    ['[{},', ['none of the keys', 'the file ends before its array does']],
    ['[{} {}]', ['none of the keys', 'expected a comma']],
    ['[] x', ['expected nothing more']],
    ['{} ]', ['none of the keys', 'expected an object']],
    ['{"a":"}', ['the file ends inside this record']],
    ['[[]]', ['expected an object or the end of the array']],
    [`{"a":${'['.repeat(20)}${']'.repeat(20)}}`, ['nested deeper than 16 levels']],
  ])('of JSON, case %#', async (file, reasons) => {
    const { badLines } = await read(file);
    expect(badLines.map(({ reason }) => reason)).toEqual(
      reasons.map((reason) => expect.stringContaining(reason) as string),
    );
  });

  it('of CSV costs its record, or the rest of the file', async () => {
    const line = writeCsv([good]).split('\n')[1]!;
    const { accounts, badLines } = await read(
      [
        header,
        line,
        `${line},extra`,
        '1,2',
        line.replace('MDH', 'M"D'),
        line.replace('MDH', '"MDH"x'),
        line,
        `"${line}`,
      ].join('\n'),
    );
    expect(accounts.map(({ line: number }) => number)).toEqual([2, 7]);
    expect(badLines).toEqual([
      { line: 3, column: null, reason: '12 fields, but the header has 11' },
      { line: 4, column: null, reason: '2 fields, but the header has 11' },
      {
        line: 5,
        column: 'ParticipantIdentifier',
        reason: expect.stringContaining('a quote inside') as string,
      },
      {
        line: 6,
        column: 'ParticipantIdentifier',
        reason: expect.stringContaining('after the closing quote') as string,
      },
      { line: 8, column: 'ExternalAccountID', reason: expect.stringContaining('never closed') as string },
    ]);
  });

  it.each([
    ['stray', Buffer.from([0xff])],
    ['overlong', Buffer.from([0xc0, 0xaf])],
    ['surrogate', Buffer.from([0xed, 0xa0, 0x80])],
    ['cut off', Buffer.from([0xe2, 0x82])],
  ])('names the line of %s bytes that are not UTF-8', async (_name, bytes) => {
    const file = Buffer.concat([Buffer.from(writeCsv([good, good])), bytes, Buffer.from('\n')]);
    const { badLines, accounts } = await read(file);
    expect(accounts).toHaveLength(2);
    expect(badLines).toEqual([
      { line: 4, column: null, reason: expect.stringContaining('not valid UTF-8') as string },
    ]);
  });

  it('of gzip is named', async () => {
    const packed = gzipSync(writeCsv(Array<FileRow>(1000).fill(good)));
    expect((await read(packed.subarray(0, packed.length / 2))).badLines).toMatchObject([
      { reason: expect.stringContaining('damaged or ends too early') as string },
    ]);
  });

  it('is not made of a failing disk: that is thrown', async () => {
    const broken = Readable.from(
      (function* () {
        yield Buffer.from(`${header}\n`);
        throw Object.assign(new Error('disk'), { code: 'EIO' });
      })(),
    );
    await expect(read(broken)).rejects.toThrow('disk');
  });
});

describe('a hostile file is refused in bounded memory', () => {
  const pieces = 2000;
  const megabyte = 1024 * 1024;

  /** Gives out up to 2 GB and tells how much of it was asked for. */
  async function feed(start: string, filler: string) {
    let given = 0;
    const piece = Buffer.from(filler.repeat(megabyte / 4 / filler.length));
    const source = Readable.from(
      (function* () {
        yield Buffer.from(start);
        for (; given < pieces; given++) yield piece;
      })(),
      { highWaterMark: 1 },
    );
    const result = await read(source);
    return { ...result, givenMiB: (given * piece.length) / megabyte, destroyed: source.destroyed };
  }

  it.each([
    ['one line without end', `${header}\n`, 'x'],
    ['a header without end', 'Status', 'x'],
    ['a field that is never closed', `${header}\n"`, 'x\n'],
    ['commas without end', `${header}\n`, ','],
    ['NUL bytes', '', '\0'],
    ['NUL bytes after a header', `${header}\n`, '\0'],
    ['a string that is never closed', '{"a":"', 'x'],
    ['escapes that never end', '{"a":"', '\\"'],
    ['objects in objects', '', '{"a":'],
    ['arrays in arrays', '', '['],
    ['arrays in an object', '{"a":', '['],
    ['white space', '', ' '],
  ])('%s', async (_name, start, filler) => {
    const { badLines, givenMiB, destroyed } = await feed(start, filler);
    expect(badLines).toMatchObject([{ reason: expect.any(String) as string }]);
    expect(givenMiB).toBeLessThan(4);
    expect(destroyed).toBe(true);
  });

  it('gzip that unpacks to a thousand times its size', async () => {
    const zip = createGzip();
    const bomb = (async () => {
      const newlines = Buffer.alloc(megabyte, '\n');
      zip.write(`${header}\n`);
      for (let written = 0; written < 80; written++)
        if (!zip.write(newlines)) await new Promise((resolve) => zip.once('drain', resolve));
      zip.end();
    })();
    const packed = Buffer.concat(await Array.fromAsync(zip as AsyncIterable<Buffer>));
    await bomb;
    const { badLines } = await read(packed);
    expect(badLines).toMatchObject([
      { reason: expect.stringContaining('unpacks to more than 200 times') as string },
    ]);
  });

  it('white space between scopes, without taking the square of its length', async () => {
    const began = performance.now();
    await read(writeCsv(Array<FileRow>(20).fill({ ...good, DataScopes: `a,${' '.repeat(60_000)}b` })));
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
