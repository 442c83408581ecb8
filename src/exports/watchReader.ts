import { Transform } from 'node:stream';
import type { Clock } from '../platform/time/clock.ts';

/** The client of an export stopped reading. */
export class ReaderStalled extends Error {}

/**
 * A transform that passes everything on and fails with {@link ReaderStalled} when its reader takes nothing for
 * `timeoutMs`, so that a client that went to sleep cannot hold a database snapshot open for ever. A slow
 * database is not the reader's fault and never counts.
 */
export function watchReader(clock: Clock, timeoutMs: number): Transform {
  let takenAt = clock.now();
  const watched = new Transform({
    transform(chunk, _encoding, done) {
      done(null, chunk);
    },
    // Called whenever the reader has room again.
    read(size) {
      takenAt = clock.now();
      Transform.prototype._read.call(watched, size);
    },
  });
  const stop = clock.every(Math.max(10, Math.floor(timeoutMs / 4)), () => {
    const full = watched.readableLength >= watched.readableHighWaterMark;
    if (full && clock.now() - takenAt >= timeoutMs) watched.destroy(new ReaderStalled('the reader stalled'));
  });
  watched.once('close', stop);
  return watched;
}
