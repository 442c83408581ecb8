import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { ReceivedCall } from '../server/receiveCall.ts';
import type { SandboxAnswer, SandboxPerson } from '../server/sandboxCall.ts';
import { consentPage } from '../pages/consentPage.ts';
import { errorPage } from '../pages/errorPage.ts';
import { writeScopes } from '../dials/oddities.ts';
import { checkAuthorization, type AskedAuthorization, type Reply } from './checkAuthorization.ts';
import type { PlayedConsent } from './grantStore.ts';
import type { Login } from './listLogins.ts';
import { grantTicked, offerScopes } from './offerScopes.ts';

/** Minutes are usual; Withings gives half a minute. */
const codeLifetimeS = 300;

/** The page on which a participant logs in and agrees, or the refusal of a request that is wrong. */
export async function showConsent(
  provider: PlayedProvider,
  call: ReceivedCall,
  fhirBase?: string,
): Promise<SandboxAnswer> {
  const reading = checkAuthorization(provider, call.url.searchParams, fhirBase);
  switch (reading.outcome) {
    case 'page':
      return errorPage(provider.definition.name, reading.message);
    case 'redirect':
      return sendBack(provider, reading.reply, { parameters: { error: reading.error }, fhirBase });
    case 'good': {
      const { state } = reading.request;
      const names = state === undefined ? undefined : await provider.findJourney?.(state);
      return consentPage({
        provider: names?.provider ?? provider.definition.name,
        study: names?.study,
        client: provider.credentials.clientID,
        logins: provider.logins,
        scopes: offerScopes(provider, reading.request.asked),
        canUntick: provider.auth.grantedScopes.from !== 'request',
        goesTo: new URL(reading.request.redirectUri).host,
      });
    }
  }
}

/** What the participant decided: fields `person`, `patient` (of a parent), `scope` (repeated) and `decision`. */
export function takeDecision(
  provider: PlayedProvider,
  call: ReceivedCall,
  fhirBase?: string,
): SandboxAnswer | Promise<SandboxAnswer> {
  // Everything is read anew from the address, so nothing has to be remembered between page and decision.
  const reading = checkAuthorization(provider, call.url.searchParams, fhirBase);
  if (reading.outcome !== 'good') return showConsent(provider, call, fhirBase);
  const { request } = reading;
  const { fields } = call;
  const decision = fields.get('decision');
  if (decision === 'deny')
    return sendBack(provider, request, { parameters: { error: 'access_denied' }, fhirBase });
  const login = provider.logins.find(({ key }) => key === fields.get('person'));
  const person = login === undefined ? undefined : pickRecord(login, fields.get('patient'));
  if (decision !== 'allow' || login === undefined || person === undefined)
    return errorPage(
      provider.definition.name,
      'Somebody has to log in, and to allow or deny. Please go back.',
    );
  const scopes = grantTicked(provider, request.asked, fields.getAll('scope'));
  const consent = makeConsent(provider, request, { login, person, scopes, fhirBase });
  const code = provider.store.issueCode(consent, provider.auth.codeLifetimeS ?? codeLifetimeS);
  const told = provider.auth.grantedScopes;
  const granted = told.from === 'redirect' ? writeScopes(provider, scopes) : undefined;
  const name = told.from === 'redirect' ? (told.parameter ?? 'scope') : 'scope';
  const parameters: Record<string, string> = { code };
  if (granted !== undefined)
    parameters[name] = typeof granted === 'string' ? granted : JSON.stringify(granted);
  return sendBack(provider, request, { parameters, fhirBase });
}

function pickRecord({ records, isProxy }: Login, patient: string | null): SandboxPerson | undefined {
  return !isProxy || patient === null || patient === ''
    ? records[0]
    : records.find(({ userID }) => userID === patient);
}

function makeConsent(
  { auth }: PlayedProvider,
  request: AskedAuthorization,
  who: Pick<PlayedConsent, 'login' | 'person' | 'scopes'> & { readonly fhirBase: string | undefined },
): PlayedConsent {
  const { login, person, scopes, fhirBase } = who;
  const { asked, redirectUri, challenge, nonce, mayRefresh } = request;
  // Where continued access is a scope that is asked for, it has to be granted. Epic gives it by registration.
  const continuing = auth.scopes.filter(
    ({ releases, ask }) =>
      (ask === 'required' || ask === 'default') && releases.some((type) => type === 'continued-access'),
  );
  const continues = continuing.length === 0 || continuing.some(({ name }) => scopes.includes(name));
  return omitUndefined({
    login,
    person,
    scopes,
    asked,
    redirectUri,
    challenge,
    nonce,
    fhirBase,
    mayRefresh: auth.refresh.policy !== 'none' && mayRefresh && continues,
  });
}

/** Back to the client, with `state` and, at servers that announce it, with `iss` (RFC 9207). */
function sendBack(
  provider: PlayedProvider,
  { redirectUri, state, responseMode }: Reply,
  answer: { readonly parameters: Readonly<Record<string, string>>; readonly fhirBase: string | undefined },
): SandboxAnswer {
  const added = new URLSearchParams(answer.parameters);
  if (state !== undefined) added.set('state', state);
  const issuer = issuerToTell(provider, answer.fhirBase);
  if (issuer !== undefined) added.set('iss', issuer);
  const mark = responseMode === 'fragment' ? '#' : redirectUri.includes('?') ? '&' : '?';
  return {
    status: 303,
    headers: { location: `${redirectUri}${mark}${added.toString()}`, 'cache-control': 'no-store' },
  };
}

/** Of a SMART server its base; of others the name that the definition knows, if any (Google). */
function issuerToTell({ auth, dials }: PlayedProvider, fhirBase: string | undefined): string | undefined {
  const own = auth.kind === 'oauth2' ? auth.issuer : fhirBase;
  if (own === undefined) return undefined;
  const { issuer } = dials();
  if (issuer === 'wrong') return 'https://issuer.attacker.example';
  return issuer === undefined ? own : undefined;
}
