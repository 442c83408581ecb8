import type { Auth } from '../played/definitionFacts.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';

/** A box on the consent page. */
export interface OfferedScope {
  readonly name: string;
  readonly label: string;
  readonly ticked: boolean;
  /** Whether the study's definition says that there is no connection without it. */
  readonly needed: boolean;
}

/** Versions 1 and 2 of SMART App Launch, the latter with a filter. */
const smartScope =
  /^(?:patient|user)\/(?:\*|[A-Z][A-Za-z]{1,40})\.(?:read|write|\*|(?=[cruds])c?r?u?d?s?)(?:\?[A-Za-z0-9_.:/|=&%-]{1,200})?$/;
const wildcard = /^patient\/\*\.(?:read|rs)$/;

/** The scopes of a request, or the first that nobody can ask for here. */
export function readAskedScopes(
  { auth, quirk }: PlayedProvider,
  asked: URLSearchParams,
): { readonly names: readonly string[] } | { readonly refused: string } {
  if (auth.asksScopes === false) return { names: [] };
  const text = asked.get(auth.scopeParameter ?? 'scope') ?? '';
  const names = [...new Set(text.split(auth.scopeSeparator))].filter((name) => name !== '');
  if (names.length === 0 && quirk.scopeIsOptional === true)
    return {
      names: auth.scopes.flatMap(({ name, ask }) => (ask === 'required' || ask === 'default' ? [name] : [])),
    };
  if (names.length === 0) return { refused: 'none' };
  const refused = names.find((name) => !isKnown(auth, name));
  return refused === undefined ? { names } : { refused };
}

function isKnown(auth: Auth, name: string): boolean {
  if (auth.scopes.some((scope) => scope.name === name || scope.alsoNamed?.includes(name))) return true;
  if (auth.kind !== 'smart' || !smartScope.test(name)) return false;
  // Servers that want every type by name know no wildcard (Oracle Health).
  return !name.includes('/*.') || auth.scopes.some((scope) => scope.name.includes('/*.'));
}

/**
 * The boxes of the consent page: what was asked for; where nothing that opens data can be asked for (Garmin, Epic),
 * everything that there is; in place of the whole record its parts, so that one can be left out.
 */
export function offerScopes(provider: PlayedProvider, asked: readonly string[]): readonly OfferedScope[] {
  const { auth, quirk } = provider;
  const known = new Map(auth.scopes.map((scope) => [scope.name, scope]));
  const names = asked.flatMap((name) =>
    wildcard.test(name)
      ? auth.scopes.flatMap((scope) => (isPart(scope.name) ? [likeAsked(scope.name, name)] : []))
      : [name],
  );
  const fixed = asksNoData(auth)
    ? auth.scopes.filter(
        ({ name, releases }) =>
          releases.length > 0 && !asked.includes(name) && (auth.kind !== 'smart' || isPart(name)),
      )
    : [];
  return [...new Set([...names, ...fixed.map(({ name }) => name)])].map((name) => {
    const scope = known.get(name) ?? known.get(name.replace(/\.rs(?:\?.*)?$/, '.read'));
    return {
      name,
      label: scope?.label ?? name,
      ticked: quirk.unticked?.includes(name) !== true,
      needed: scope?.ask === 'required',
    };
  });
}

/** What is granted of the boxes that were ticked: as it was asked for, if nothing of that was left out. */
export function grantTicked(
  provider: PlayedProvider,
  asked: readonly string[],
  ticked: readonly string[],
): readonly string[] {
  const { auth } = provider;
  // The vendor does not let anybody leave something out, or does not tell.
  if (auth.grantedScopes.from === 'request') return asked;
  const offered = offerScopes(provider, asked).map(({ name }) => name);
  const parts = offered.filter((name) => isPart(name));
  const whole = asked.find((name) => wildcard.test(name));
  const isWhole =
    whole !== undefined &&
    (ticked.includes(whole) || (parts.length > 0 && parts.every((name) => ticked.includes(name))));
  const single = offered.filter((name) => ticked.includes(name) && !(isWhole && isPart(name)));
  return isWhole ? asked.filter((name) => name === whole || single.includes(name)) : single;
}

/** What an application may read is fixed when it is registered, or chosen on the vendor's page. */
function asksNoData({ asksScopes, kind, scopes }: Auth): boolean {
  const parts = scopes.filter(({ name }) => isPart(name) || wildcard.test(name));
  return asksScopes === false || (kind === 'smart' && parts.some(({ ask }) => ask === 'registered'));
}

function isPart(name: string): boolean {
  return /^(?:patient|user)\/[A-Z]/.test(name);
}

function likeAsked(part: string, whole: string): string {
  return whole.endsWith('.rs') ? part.replace(/\.read$/, '.rs') : part;
}
