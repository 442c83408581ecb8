import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientAddress } from '../platform/http/clientAddress.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { defineEvent, type Logger } from '../platform/log/logger.ts';
import type { GetInstallationKey } from '../platform/storage/installationKey.ts';
import type { Database } from '../platform/storage/database.ts';
import type { Clock } from '../platform/time/clock.ts';
import { serviceTokenKind, type ServiceCaller } from './tokens/serviceCaller.ts';
import { participantTokenKind, type ParticipantCaller } from './tokens/participantCaller.ts';
import { createTokenCheck, type CheckToken } from './tokens/tokenCheck.ts';
import { rateLimitExceeded } from './errors.ts';
import { pseudonymizeAddress } from './limits/pseudonymizeAddress.ts';
import { createRateLimiter, type RequestCount, type CountRequest } from './limits/rateLimit.ts';

const countingFailed = defineEvent('request-counting-failed', 'warn', 'code');
const countingWorks = defineEvent('request-counting-works', 'info');

interface AdmissionOptions {
  readonly database: Database;
  readonly clock: Clock;
  readonly log?: Logger;
  /** For the pseudonyms of addresses. */
  readonly getInstallationKey: GetInstallationKey;
  /** Requests an hour; 0 turns a limit and its headers off. */
  readonly limits: RequestLimits;
}

/** For a project's service accounts together, for one participant, and for one address without a valid token. */
export interface RequestLimits {
  readonly administrative: number;
  readonly delegated: number;
  readonly address: number;
}

/** Who makes a request, as far as {@link createAdmission} could find out. */
export type Caller =
  | { readonly kind: 'serviceAccount'; readonly account: ServiceCaller }
  | { readonly kind: 'participant'; readonly participant: ParticipantCaller }
  /** No token, or one that stands for nobody. */
  | { readonly kind: 'nobody'; readonly sentToken: boolean }
  /** The token could not be looked up. */
  | { readonly kind: 'unknown'; readonly cause: unknown };

/**
 * The step before every answer: gives the caller (RFC 6750 section 2.1), counts the request, and sets
 * `RateLimit-Limit`, `-Remaining` and `-Reset`.
 *
 * A request with a valid token counts for the administrative API of its project or for its participant, every
 * other one for its address.
 * A token that is not valid is no failure here: public routes take no notice of it. Neither is a database that is
 * away: the request goes on uncounted and fails where it needs the database.
 *
 * @throws {DomainError} `rate-limit-exceeded`
 */
export function createAdmission(
  options: AdmissionOptions,
): (request: FastifyRequest, reply: FastifyReply) => Promise<Caller> {
  const { getInstallationKey, limits } = options;
  const checks = {
    serviceAccount: createTokenCheck(options, serviceTokenKind),
    participant: createTokenCheck(options, participantTokenKind),
  };
  const countFor = {
    administrative: guardCount(options, limits.administrative),
    delegated: guardCount(options, limits.delegated),
    address: guardCount(options, limits.address),
  };

  function countCaller(caller: Caller, request: FastifyRequest): Promise<RequestCount | undefined> {
    switch (caller.kind) {
      case 'serviceAccount':
        return countFor.administrative(() => `administrative:${caller.account.projectID}`);
      case 'participant':
        return countFor.delegated(() => `delegated:${caller.participant.participantID}`);
      case 'nobody':
      case 'unknown':
        return countFor.address(
          async () => `address:${await pseudonymizeAddress(getInstallationKey, clientAddress(request))}`,
        );
    }
  }

  return async (request, reply) => {
    if ((request.routeOptions.config as { counted?: false }).counted === false) return nobody;
    const caller = await identify(request, checks);
    const count = await countCaller(caller, request);
    if (count !== undefined) tell(reply, count);
    return caller;
  };
}

const nobody: Caller = { kind: 'nobody', sentToken: false };

const bearer = /^Bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

interface Checks {
  readonly serviceAccount: CheckToken<ServiceCaller>;
  readonly participant: CheckToken<ParticipantCaller>;
}

async function identify(request: FastifyRequest, checks: Checks): Promise<Caller> {
  const { authorization } = request.headers;
  if (authorization === undefined || !/^Bearer\b/i.test(authorization)) return nobody;
  const token = bearer.exec(authorization)?.[1] ?? '';
  try {
    // A text can be a token of one kind at the most: the other check answers without a look-up.
    const account = await checks.serviceAccount(token);
    if (account !== undefined) return { kind: 'serviceAccount', account };
    const participant = await checks.participant(token);
    if (participant !== undefined) return { kind: 'participant', participant };
    return { kind: 'nobody', sentToken: true };
  } catch (cause) {
    return { kind: 'unknown', cause };
  }
}

type GuardedCount = (findName: () => string | Promise<string>) => Promise<RequestCount | undefined>;

/** Counts, unless the limit is off or the database is away, which is logged when it begins and when it ends. */
function guardCount({ database, clock, log }: AdmissionOptions, limit: number): GuardedCount {
  if (limit === 0) return () => Promise.resolve(undefined);
  const countRequest: CountRequest = createRateLimiter({ database, clock }, limit);
  let failing = false;
  return async (findName) => {
    try {
      const count = await countRequest(await findName());
      if (failing) log?.(countingWorks, {});
      failing = false;
      return count;
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (!failing) log?.(countingFailed, { code: typeof code === 'string' ? code : undefined });
      failing = true;
      return undefined;
    }
  };
}

function tell(reply: FastifyReply, { admitted, limit, remaining, resetS }: RequestCount): void {
  reply.headers({ 'ratelimit-limit': limit, 'ratelimit-remaining': remaining, 'ratelimit-reset': resetS });
  if (!admitted)
    throw new DomainError(
      rateLimitExceeded,
      `The limit of ${limit} requests an hour is reached. The next hour begins in ${resetS} seconds.`,
      { 'retry-after': String(resetS) },
    );
}
