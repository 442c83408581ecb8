import { Transform } from 'node:stream';
import type { Clock } from '../../platform/time/clock.ts';

/** The client of an export stopped reading. */
export class ReaderStalled extends Error {}

/** The database sends pieces of a few kilobytes; writing each one by itself would cost more than making it. */
const pieceBytes = 64 * 1024;

/**
 * A transform that gathers what comes into pieces of 64 KiB, the first one at once, and fails with
 * {@link ReaderStalled} when its reader takes nothing for `timeoutMs`: a client that went to sleep cannot hold a
 * database snapshot open for ever. A slow database is not the reader's fault and never counts.
 */
export function watchReader(clock: Clock, timeoutMs: number): Transform {
  let takenAt = clock.now();
  let started = false;
  let gathered: Buffer[] = [];
  let gatheredBytes = 0;
  const flush = () => {
    const piece = gathered.length === 1 ? gathered[0] : Buffer.concat(gathered, gatheredBytes);
    gathered = [];
    gatheredBytes = 0;
    return piece;
  };
  const watched = new Transform({
    readableHighWaterMark: 2 * pieceBytes,
    transform(chunk: Buffer, _encoding, done) {
      // With nothing left to take, the reader was waiting for us.
      if (watched.readableLength === 0) takenAt = clock.now();
      gathered.push(chunk);
      gatheredBytes += chunk.length;
      if (started && gatheredBytes < pieceBytes) {
        done();
        return;
      }
      started = true;
      done(null, flush());
    },
    flush(done) {
      if (watched.readableLength === 0) takenAt = clock.now();
      done(null, gatheredBytes === 0 ? undefined : flush());
    },
    // Called whenever the reader has room again.
    read(size) {
      takenAt = clock.now();
      Transform.prototype._read.call(watched, size);
    },
  });
  const stop = clock.every(Math.max(10, Math.floor(timeoutMs / 4)), () => {
    if (watched.readableLength > 0 && clock.now() - takenAt >= timeoutMs)
      watched.destroy(new ReaderStalled('the reader stalled'));
  });
  watched.once('close', stop);
  return watched;
}
