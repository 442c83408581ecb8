import { record } from '../audit/record.ts';
import { DomainError } from '../platform/errors/domainError.ts';
import { sql, type Queryable, type Transaction } from '../platform/storage/database.ts';
import { redirectTargetUnusable } from './errors.ts';
import {
  parseRedirectTarget,
  withoutUsualPort,
  type TargetRefusal,
} from './redirects/parseRedirectTarget.ts';

/** Where the participants of a project may be sent back to, in order: origins and schemes of apps. */
export async function listRedirectTargets(database: Queryable, projectID: string): Promise<string[]> {
  const rows = await database.query<{ target: string }>(
    sql`select target from redirect_targets where project_id = ${projectID} order by target collate "C"`,
  );
  return rows.map(({ target }) => target);
}

/** Targets to add to a project or to remove from it, and who does so. */
export interface RedirectTargetChange {
  readonly projectID: string;
  /** As somebody typed them. */
  readonly targets: readonly string[];
  readonly actor: string;
  readonly now: number;
}

/**
 * Adds what is not there yet, each with its audit row, and gives what was added, in the spelling that is kept.
 *
 * @throws {DomainError} `redirect-target-unusable`
 */
export async function addRedirectTargets(
  transaction: Transaction,
  { projectID, targets, actor, now }: RedirectTargetChange,
): Promise<string[]> {
  const wanted = [...new Set(targets.map(requireRedirectTarget))];
  const added = await transaction.query<{ target: string }>(sql`
    insert into redirect_targets (project_id, target) select ${projectID}, unnest(${wanted}::text[])
    on conflict do nothing returning target`);
  return recordEach(transaction, 'project.redirect-target-added', { projectID, changed: added, actor, now });
}

/** Removes what is there, each with its audit row, and gives what was removed. */
export async function removeRedirectTargets(
  transaction: Transaction,
  { projectID, targets, actor, now }: RedirectTargetChange,
): Promise<string[]> {
  // A target that an earlier release took, and this one would not, can be removed as it is listed.
  const unwanted = targets.flatMap((text) => {
    const parsed = parseRedirectTarget(text);
    return parsed.outcome === 'parsed' ? [text, parsed.target] : [text];
  });
  const removed = await transaction.query<{ target: string }>(sql`
    delete from redirect_targets where project_id = ${projectID} and target = any(${unwanted}::text[])
    returning target`);
  return recordEach(transaction, 'project.redirect-target-removed', {
    projectID,
    changed: removed,
    actor,
    now,
  });
}

async function recordEach(
  transaction: Transaction,
  action: string,
  { changed, now, ...by }: { projectID: string; actor: string; now: number; changed: { target: string }[] },
): Promise<string[]> {
  const targets = changed.map(({ target }) => target).sort();
  for (const target of targets)
    await record(transaction, { ...by, action, details: { target }, occurredAt: now });
  return targets;
}

function requireRedirectTarget(text: string): string {
  const parsed = parseRedirectTarget(text);
  if (parsed.outcome === 'parsed') return parsed.target;
  throw new DomainError(redirectTargetUnusable, explanations[parsed.reason]);
}

const explanations: Readonly<Record<TargetRefusal, string>> = {
  'no-target':
    'A target is an origin, such as https://study.example.org, or the scheme of an app, such as myapp:.',
  path: 'A target ends after its host and port, or after the colon of its scheme: all pages behind it are meant.',
  'not-https': 'Without encryption only localhost, 127.0.0.1 and [::1] can be a target.',
  'not-ascii': 'Write an international host name in its ASCII form, which begins with xn--.',
  'scheme-of-no-app':
    'This scheme belongs to no app of a study: what follows it would be run, shown or sent.',
};

/** What clients put where the outcome shall be told; it is text, not percent-encoding. */
const placeholder = '%SUCCESSVALUE%';

/** The address to which the participant is sent: the placeholder replaced, everywhere, by `true` or `false`. */
export function fillRedirect(finalRedirectPath: string, connected: boolean): string {
  return finalRedirectPath.replaceAll(placeholder, String(connected));
}

/** Whether a participant may be sent there, and otherwise what is wrong with the address. */
export type RedirectVerdict =
  /** With the origin; left out for an app. */
  | { readonly outcome: 'allowed'; readonly origin?: string }
  | { readonly outcome: 'refused'; readonly reason: 'not-absolute' | 'not-allowed' | 'malformed' };

/** Characters of an address to which a client wants a participant to return. */
export const redirectLengthMax = 4_000;

/**
 * Whether a participant may be sent to where a client wants, with the placeholder still in it.
 *
 * What is allowed leads to one of the targets whatever the placeholder is replaced by, and by whatever rules it is
 * read: the text itself must begin with the target, and a browser must find the same in it (RFC 9700 section 4.11).
 * So everything is refused that browsers repair (WHATWG URL, section 4.4): line breaks and tabs that they leave out,
 * backslashes that they turn round, `https:evil.example` without its slashes, letters beyond ASCII in a host.
 */
export function judgeRedirect(targets: readonly string[], finalRedirectPath: string): RedirectVerdict {
  if (finalRedirectPath.length > redirectLengthMax || !/^[!#-;=?-[\]-~]*$/.test(finalRedirectPath))
    return { outcome: 'refused', reason: 'malformed' };
  const [, scheme, authority] = /^([a-z][a-z0-9+.-]*:)(?:\/\/([^/?#]*))?/i.exec(finalRedirectPath) ?? [];
  if (scheme === undefined) return { outcome: 'refused', reason: 'not-absolute' };
  const protocol = scheme.toLowerCase();
  const isWeb = protocol === 'https:' || protocol === 'http:';
  // A percent sign in a host is the placeholder, or hides a letter.
  if ((isWeb && !authority) || (authority !== undefined && /[%@]/.test(authority)))
    return { outcome: 'refused', reason: 'malformed' };
  const target = isWeb ? withoutUsualPort(`${protocol}//${authority?.toLowerCase()}`) : protocol;
  if (!targets.includes(target)) return { outcome: 'refused', reason: 'not-allowed' };
  for (const connected of [true, false]) {
    const url = URL.parse(fillRedirect(finalRedirectPath, connected));
    if ((isWeb ? url?.origin : url?.protocol) !== target) return { outcome: 'refused', reason: 'malformed' };
  }
  return isWeb ? { outcome: 'allowed', origin: target } : { outcome: 'allowed' };
}
