import type { Socket } from 'node:net';
import type { Problem } from '../errors/defineProblem.ts';
import type { Clock } from '../time/clock.ts';
import { headersTooLarge, invalidRequest, requestTooSlow } from './errors.ts';
import { renderProblem } from './renderProblem.ts';
import { securityHeaders } from './securityHeaders.ts';

interface RefusalParts {
  readonly publicUrl: string;
  readonly clock: Clock;
  /** How long the client may take to read the answer and to close. */
  readonly lingerMs: number;
}

/**
 * Answers what is not HTTP, or does not come to its end, which no hook ever sees, in the same form as everything else;
 * then the connection is closed, and cut if the client keeps its half open.
 */
export function refuseBrokenRequest(
  error: Error & { code?: string },
  socket: Socket,
  { publicUrl, clock, lingerMs }: RefusalParts,
): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const [problem, reason, detail] = judge(error.code);
  const body = renderProblem(problem, detail, publicUrl).body as string;
  const safety = Object.entries(securityHeaders(publicUrl)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(
    `HTTP/1.1 ${problem.status} ${reason}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n${safety.join('')}\r\n${body}`,
  );
  // Cut at once, bytes that nobody has read would turn the answer into a reset (RFC 9112 section 9.6).
  const closed = new AbortController();
  socket.once('close', () => closed.abort());
  clock.sleep(lingerMs, closed.signal).then(
    () => socket.destroy(),
    () => undefined,
  );
}

function judge(code: string | undefined): readonly [problem: Problem, reason: string, detail: string] {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return [
        headersTooLarge,
        'Request Header Fields Too Large',
        'The request line or headers are larger than is read here.',
      ];
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return [requestTooSlow, 'Request Timeout', 'The request did not come to its end in time.'];
    default:
      return [invalidRequest, 'Bad Request', 'The request is not valid HTTP.'];
  }
}
