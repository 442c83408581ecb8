import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Clock } from '../../platform/time/clock.ts';
import type { Outgoing } from '../dials/spoilAnswer.ts';
import type { SandboxAnswer } from './sandboxCall.ts';

/** Writes an answer, or what a fault has put in its place; done when the last byte is written or the client is gone. */
export async function sendAnswer(
  response: ServerResponse,
  outgoing: Outgoing,
  { clock, date }: { readonly clock: Clock; readonly date: number },
): Promise<void> {
  // By the provider's own clock, which may be wrong.
  response.sendDate = false;
  response.setHeader('date', new Date(date).toUTCString());
  switch (outgoing.way) {
    case 'answer':
      sendPlain(response, outgoing.answer);
      return;
    case 'bytes':
      return sendBytes(response, outgoing);
    case 'drip':
      return dripAnswer(response, outgoing, clock);
    case 'endless':
      return sendEndless(response);
    case 'silence':
      if (!response.destroyed) await once(response, 'close');
      return;
    case 'cut':
      response.socket?.destroy();
  }
}

function sendPlain(response: ServerResponse, answer: SandboxAnswer): void {
  const { headers, body } = encodeAnswer(answer);
  response.writeHead(answer.status, headers);
  response.end(body);
}

function encodeAnswer({ headers = {}, json, text }: SandboxAnswer) {
  if (text !== undefined)
    return { headers: { 'content-type': 'text/plain; charset=utf-8', ...headers }, body: text };
  if (json === undefined) return { headers: { ...headers }, body: '' };
  return { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(json) };
}

async function sendBytes(
  response: ServerResponse,
  { status, headers, body, times = 1 }: Extract<Outgoing, { way: 'bytes' }>,
): Promise<void> {
  response.writeHead(status, headers);
  for (let sent = 0; sent < times && !response.destroyed; sent++)
    if (!response.write(body)) await whenWritable(response);
  response.end();
}

async function dripAnswer(
  response: ServerResponse,
  { answer, bytesPerS }: Extract<Outgoing, { way: 'drip' }>,
  clock: Clock,
): Promise<void> {
  const { headers, body } = encodeAnswer(answer);
  response.writeHead(answer.status, headers);
  for (const byte of Buffer.from(body)) {
    if (response.destroyed) return;
    response.write(Buffer.of(byte));
    await clock.sleep(1_000 / bytesPerS);
  }
  response.end();
}

/** Never more than the client takes: the sandbox itself does not fill up. */
async function sendEndless(response: ServerResponse): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"filling":"');
  const chunk = Buffer.alloc(64_000, 0x78);
  while (!response.destroyed) if (!response.write(chunk)) await whenWritable(response);
}

/** Or gone. */
async function whenWritable(response: ServerResponse): Promise<void> {
  const over = new AbortController();
  const wait = (event: string) => once(response, event, { signal: over.signal }).catch(() => undefined);
  await Promise.race([wait('drain'), wait('close')]);
  over.abort();
}
