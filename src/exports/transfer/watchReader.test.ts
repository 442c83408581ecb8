import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../../test/harness/fakeClock.ts';
import { ReaderStalled, watchReader } from './watchReader.ts';

const timeoutMs = 60_000;
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the watch over a reader', () => {
  for (const kilobytes of [1, 100, 190, 1_000])
    it(`ends a reader that takes nothing of ${kilobytes} KB`, async () => {
      const clock = createFakeClock();
      const watched = Readable.from(pieces(kilobytes)).pipe(watchReader(clock, timeoutMs));
      const failed = once(watched, 'error');
      await turn();
      clock.advance(timeoutMs + timeoutMs / 4);
      expect((await failed)[0]).toBeInstanceOf(ReaderStalled);
    });

  it('does not end a reader that waits for a slow source', async () => {
    const clock = createFakeClock();
    const source = new PassThrough();
    const watched = source.pipe(watchReader(clock, timeoutMs));
    watched.resume();
    for (let n = 0; n < 5; n++) {
      source.write('row\n');
      await turn();
      clock.advance(3 * timeoutMs);
      await turn();
    }
    expect(watched.destroyed).toBe(false);
    watched.destroy();
  });

  it('does not end a slow reader, and passes on every byte', async () => {
    const clock = createFakeClock();
    const watched = Readable.from(pieces(700)).pipe(watchReader(clock, timeoutMs));
    let bytes = 0;
    for await (const piece of watched) {
      bytes += (piece as Buffer).length;
      clock.advance(timeoutMs / 2);
      await turn();
    }
    expect(bytes).toBe(700 * 1024);
  });
});

function* pieces(kilobytes: number): Generator<Buffer> {
  for (let n = 0; n < kilobytes; n++) yield Buffer.alloc(1024, 'x');
}
