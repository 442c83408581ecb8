import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineEvent, logUnexpected, type Logger } from '../../platform/log/logger.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { Clock } from '../../platform/time/clock.ts';
import type { Random } from '../../platform/random/random.ts';
import { answerControlCall, type ControlParts } from './controlApi.ts';
import type { Operation } from '../ledger/ledger.ts';
import { isCarriedOut, spoilAnswer, type Outgoing } from '../dials/spoilAnswer.ts';
import { errorPage } from '../pages/errorPage.ts';
import { overviewPage } from '../pages/overviewPage.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import { BodyTooLong, readRequestBody, readTarget, receiveCall, type ReceivedCall } from './receiveCall.ts';
import type { SandboxRoute } from './route.ts';
import { routeCall } from './routeCall.ts';
import type { SandboxAnswer } from './sandboxCall.ts';
import { sendAnswer } from './sendAnswer.ts';

const requestAnswered = defineEvent('sandbox-request', 'debug', 'provider', 'operation', 'status', 'fault');

export interface ServerParts extends ControlParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly log?: Logger;
}

/** Nobody else can reach it: what it hands out looks like tokens, and its control has no password. */
const host = '127.0.0.1';

/** Listens on this machine alone; port 0 takes a free one. */
export async function listenLocally(
  parts: ServerParts,
  port: number,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer((request, response) => {
    void answer(parts, request, response);
  });
  // A client that is slow to send is a client's matter; one that never ends is cut off.
  server.requestTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return { server, port: (server.address() as AddressInfo).port };
}

async function answer(parts: ServerParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  response.on('error', () => undefined);
  const date = { clock: parts.clock, date: parts.clock.now() };
  try {
    const local = refuseStranger(request) ?? (await answerOwn(parts, request));
    if (local !== undefined) await sendAnswer(response, { way: 'answer', answer: local }, date);
    else await answerAsProvider(parts, request, response);
  } catch (error) {
    if (error instanceof BodyTooLong) {
      await sendAnswer(
        response,
        { way: 'answer', answer: { status: 413, json: { error: 'too_large' } } },
        date,
      );
      return;
    }
    // A client that goes away while it sends is nothing unexpected.
    if (request.destroyed && !request.complete) return;
    if (parts.log !== undefined) logUnexpected(parts.log, 'sandbox', error);
    if (!response.headersSent)
      await sendAnswer(
        response,
        { way: 'answer', answer: { status: 500, json: { error: 'sandbox_failed' } } },
        date,
      );
    else response.destroy();
  }
}

/** A name that leads here is not enough (DNS rebinding): the client has to call this machine by its own. */
function refuseStranger({ headers }: IncomingMessage): SandboxAnswer | undefined {
  const name = URL.parse(`http://${headers.host ?? ''}`)?.hostname ?? '';
  return ['127.0.0.1', 'localhost'].includes(name)
    ? undefined
    : { status: 421, json: { error: 'the sandbox answers to 127.0.0.1 only' } };
}

/** What is the sandbox's own: the control API and the overview. */
async function answerOwn(parts: ServerParts, request: IncomingMessage): Promise<SandboxAnswer | undefined> {
  const path = request.url ?? '/';
  if (path === '/' && request.method === 'GET') return overviewPage([...parts.providers.values()]);
  if (path !== '/control' && !path.startsWith('/control/')) return undefined;
  return answerControlCall(parts, request, await readRequestBody(request));
}

async function answerAsProvider(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { clock, providers, ledger, log } = parts;
  const target = readTarget(request.url ?? '/');
  const provider = target === undefined ? undefined : providers.get(target.slug);
  if (target === undefined || provider === undefined) {
    const none = errorPage('The sandbox', 'No provider of this name is played here.');
    await sendAnswer(
      response,
      { way: 'answer', answer: { ...none, status: 404 } },
      { clock, date: clock.now() },
    );
    return;
  }
  const call = receiveCall(provider.definition, target.url, {
    request,
    body: await readRequestBody(request),
  });
  const { operation, outgoing, person, fault } = await carryOut(parts, provider, call);
  const status =
    outgoing.way === 'answer' || outgoing.way === 'drip'
      ? outgoing.answer.status
      : outgoing.way === 'bytes'
        ? outgoing.status
        : 0;
  const names = omitUndefined({
    person,
    fault,
  });
  ledger.addEntry({ slug: provider.slug, what: 'request', operation, status, ...names });
  log?.(requestAnswered, { provider: provider.slug, operation, status, fault });
  await sendAnswer(response, outgoing, { clock, date: provider.now() });
}

interface AnsweredCall {
  readonly operation: Operation;
  readonly outgoing: Outgoing;
  readonly person?: string;
  readonly fault?: string;
}

/** Finds out what a call is, waits as long as the dial says, and answers it or spoils its answer. */
async function carryOut(
  { dials, clock, random }: ServerParts,
  provider: PlayedProvider,
  call: ReceivedCall,
): Promise<AnsweredCall> {
  const route: SandboxRoute = routeCall(provider, call);
  const { operation, person } = route;
  const facts = omitUndefined({
    operation,
    person,
  });
  const isPage = operation === 'authorize' || operation === 'consent';
  const { latency } = provider.dials();
  if (latency !== undefined && !isPage) {
    const share = random.bytes(4).readUInt32LE() / 2 ** 32;
    await clock.sleep(latency.ms + (latency.jitterMs ?? 0) * share);
  }
  const fault = dials.findFault(provider.slug, facts);
  if (fault === undefined) return { ...facts, outgoing: { way: 'answer', answer: await route.answer() } };
  const right = async () => route.answer();
  const outgoing = await spoilAnswer(provider, fault, { operation, right });
  return { ...facts, outgoing, fault: isCarriedOut(fault) ? `${fault.kind} (carried out)` : fault.kind };
}
