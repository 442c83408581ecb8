import { fillIn } from '../../definitions/callVariables.ts';
import { errorPage } from '../pages/errorPage.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { ReceivedCall } from '../server/receiveCall.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';

/**
 * The mix-up attack (RFC 9700 section 4.4): the participant is sent on to another provider with the client's own
 * `state` and redirect URI, so that the code of that one comes back as if it were of this one. Undefined where the
 * dial is not set.
 */
export function relayRequest(provider: PlayedProvider, call: ReceivedCall): SandboxAnswer | undefined {
  const { mixUp } = provider.dials();
  if (mixUp === undefined) return undefined;
  const victim = provider.findOther(mixUp.slug);
  if (victim === undefined) return errorPage(provider.definition.name, 'There is nobody to relay to.');
  const { auth, credentials, values } = victim;
  const { base = '' } = mixUp;
  const address = auth.kind === 'oauth2' ? fillIn(auth.authorizeUrl, values) : `${base}/oauth2/authorize`;
  const asked = new URLSearchParams(call.url.searchParams);
  asked.set('client_id', credentials.clientID);
  asked.delete('aud');
  if (auth.kind === 'smart' && auth.aud !== 'omit') asked.set('aud', base);
  const scopes = auth.scopes.filter(({ ask }) => ask === 'required' || ask === 'default');
  asked.set(auth.scopeParameter ?? 'scope', scopes.map(({ name }) => name).join(auth.scopeSeparator));
  for (const [name, value] of Object.entries(auth.authorizeParameters ?? {})) asked.set(name, value);
  // Inside the sandbox, so that a browser stays in it.
  const location = `/${victim.slug}/${address.slice('https://'.length)}?${asked.toString()}`;
  return { status: 302, headers: { location } };
}
