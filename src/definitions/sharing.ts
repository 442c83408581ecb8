import { isWholeRecord } from './scopeNames/smartScope.ts';
import { covers, findScope } from './scopes.ts';
import type { AnyAuth, Scope } from './shape/auth.ts';

/** What a study asks a participant to share, and what is needed for a connection. */
export interface AskedSharing {
  /** What the request asks for, or the registration, or the study on the provider's own page. */
  readonly asked: readonly Scope[];
  /** What the provider's page offers beside it, although nobody asked. */
  readonly added: readonly Scope[];
}

/** The words of a consent: what stood in the request or behind it, and what came of it. */
export interface Consent {
  /** By {@link nameAsked}; null where that was not written down (before this was kept). */
  readonly asked: readonly string[] | null;
  readonly granted: readonly string[];
}

/** What a participant decided, in sets that do not overlap. */
export interface DecidedSharing {
  /** Asked for and granted: this is fetched. */
  readonly shared: readonly Scope[];
  /** Asked for and not granted: she left it out, or the provider has none of it. */
  readonly leftOut: readonly Scope[];
  /** Granted and not asked for: this is not fetched. */
  readonly unasked: readonly Scope[];
  /** Granted names that no definition knows and nobody asked for; not fetched either. */
  readonly unknown: number;
}

/** What the start page tells before anything is asked. */
export function describeAsked(auth: AnyAuth): AskedSharing {
  const names = nameAsked(auth, []);
  const units = listUnits(auth);
  return {
    asked: units.filter(({ name }) => covers(auth, names, name)),
    added: units.filter((scope) => scope.addedByProvider === true && !covers(auth, names, scope.name)),
  };
}

/**
 * Everything that a study asks for: what stands in the request (as it was sent, in whichever version of scopes), and
 * what does not stand there because the registration decides or she chooses on the provider's own page.
 */
export function nameAsked(auth: AnyAuth, requested: readonly string[]): readonly string[] {
  const beside = auth.scopes.filter(
    ({ ask }) => ask === 'required' || ask === 'default' || ask === 'registered',
  );
  return [...new Set([...requested, ...beside.map(({ name }) => name)])];
}

/** What became of a question, for the page after it and for whoever looks at the account later. */
export function compareSharing(auth: AnyAuth, consent: Consent): DecidedSharing {
  const asked = consent.asked ?? nameAsked(auth, []);
  const { granted } = consent;
  const units = listUnits(auth);
  const isAsked = ({ name }: Scope) => covers(auth, asked, name);
  const isGranted = (scope: Scope) => isReleased(auth, granted, scope);
  return {
    shared: units.filter((scope) => isAsked(scope) && isGranted(scope)),
    leftOut: units.filter((scope) => isAsked(scope) && !isGranted(scope) && isTold(auth, scope)),
    unasked: units.filter((scope) => !isAsked(scope) && isGranted(scope) && scope.releases.length > 0),
    unknown: granted.filter((name) => !isKnown(auth, name) && !covers(auth, asked, name)).length,
  };
}

/** Whether anything came out otherwise than the study asked, so that the participant has to be told. */
export function isAsAsked({ leftOut, unasked, unknown }: DecidedSharing): boolean {
  return leftOut.length + unasked.length + unknown === 0;
}

/**
 * Whether data behind this scope may be fetched: granted, and asked for. What was granted without having been asked for
 * is nobody's to read.
 */
export function mayFetch(auth: AnyAuth, consent: Consent, scope: string): boolean {
  const own = findScope(auth.scopes, scope);
  const isGranted =
    own === undefined ? covers(auth, consent.granted, scope) : isReleased(auth, consent.granted, own);
  return isGranted && covers(auth, consent.asked ?? nameAsked(auth, []), scope);
}

/**
 * Whether a scope was granted. A vendor that fixes at the registration what may be read need not repeat it: where it
 * names none of that, all of it counts (Epic).
 */
function isReleased(auth: AnyAuth, granted: readonly string[], scope: Scope): boolean {
  if (covers(auth, granted, scope.name)) return true;
  return (
    scope.ask === 'registered' &&
    !auth.scopes.some(({ name, ask }) => ask === 'registered' && isPart(name) && covers(auth, granted, name))
  );
}

/** Scopes that stand for themselves: in place of a whole record its parts, where the definition names them. */
function listUnits({ scopes }: AnyAuth): readonly Scope[] {
  const hasParts = scopes.some(({ name }) => name.includes('/') && isPart(name));
  return hasParts ? scopes.filter(({ name }) => !isWholeRecord(name)) : scopes;
}

function isPart(name: string): boolean {
  return /^(?:patient|user)\/[A-Z]/.test(name);
}

/** Servers of SMART App Launch need not repeat scopes that open no data (section "Scopes"). */
function isTold({ kind }: AnyAuth, { name }: Scope): boolean {
  return kind !== 'smart' || isPart(name) || isWholeRecord(name);
}

function isKnown(auth: AnyAuth, name: string): boolean {
  return (
    findScope(auth.scopes, name) !== undefined ||
    auth.scopes.some((scope) => covers(auth, [name], scope.name))
  );
}
