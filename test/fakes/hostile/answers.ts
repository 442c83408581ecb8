import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { answerJson } from '../loopbackServer.ts';
import { describeHostile } from './metadata.ts';
import { issuer, type Scene } from './scene.ts';

const hugeBytes = 10_000_000;

/** What stands at its FHIR base: the metadata, and nothing else. */
export function answerMetadata({ response, attack, names }: Scene, url: URL): void {
  const text = JSON.stringify(describeHostile(names, attack.lie ?? 'none'));
  const redirect = (location: string) => response.writeHead(302, { location }).end();
  switch (url.pathname.endsWith('/.well-known/smart-configuration') ? attack.delivery : 'elsewhere') {
    case undefined:
      response.writeHead(200, { 'content-type': 'application/json' }).end(text);
      return;
    case 'huge':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(`{"padding":"${'x'.repeat(hugeBytes)}",${text.slice(1)}`);
      return;
    case 'endless':
      response.writeHead(200, { 'content-type': 'application/json' });
      sendForever(response);
      return;
    case 'not-json':
      response.writeHead(200, { 'content-type': 'application/json' }).end(`<html>${text}</html>`);
      return;
    case 'to-private-address':
      redirect('https://169.254.169.254/latest/meta-data/');
      return;
    case 'to-http':
      redirect('http://login.hostile.example/configuration');
      return;
    case 'in-circles':
      redirect(url.pathname);
      return;
    case 'elsewhere':
      answerJson(response, 404, {});
  }
}

/** As fast as the reader takes it, until the reader goes. */
function sendForever(response: ServerResponse): void {
  const piece = ' '.repeat(65_536);
  const more = () => {
    while (!response.destroyed && response.write(piece));
    if (!response.destroyed) response.once('drain', more);
  };
  more();
}

/** Gives a code of its own at once, or sends the person on to the victim. */
export function answerAuthorization({ response, attack, names, victim }: Scene, url: URL): void {
  const asked = url.searchParams;
  if (attack.relay !== undefined) {
    const { clientID, redirectUri } = attack.relay;
    const relayed = new URLSearchParams(asked);
    relayed.set('client_id', clientID);
    if (redirectUri !== undefined) relayed.set('redirect_uri', redirectUri);
    // The victim wants its own record server named.
    if (relayed.has('aud')) relayed.set('aud', victim.fhirBase);
    const location = victim.door.browserUrl(`${names.victim.authorizationEndpoint}?${relayed.toString()}`);
    response.writeHead(303, { location }).end();
    return;
  }
  const redirect = URL.parse(asked.get('redirect_uri') ?? '');
  if (redirect === null) {
    response.writeHead(400).end();
    return;
  }
  redirect.searchParams.set('code', randomBytes(24).toString('base64url'));
  redirect.searchParams.set('state', asked.get('state') ?? '');
  if (attack.iss !== undefined)
    redirect.searchParams.set('iss', attack.iss === 'own' ? issuer : names.victim.issuer);
  response.writeHead(303, { location: redirect.href }).end();
}

/** Takes what is sent; what it was, is in the loot already. */
export function answerToken({ response, attack, names, victim }: Scene): void {
  switch (attack.token) {
    case 'redirects-to-victim':
      response.writeHead(307, { location: victim.door.browserUrl(names.victim.tokenEndpoint) }).end();
      return;
    case 'asks-for-secret-again':
      response.writeHead(401, {
        'www-authenticate': 'Basic realm="again"',
        'content-type': 'application/json',
      });
      response.end('{"error":"invalid_client"}');
      return;
    case undefined:
      answerJson(response, 200, {
        access_token: randomBytes(24).toString('base64url'),
        token_type: 'Bearer',
        expires_in: 3600,
        scope: 'launch/patient patient/*.rs patient/*.read',
        patient: 'ho-1',
      });
  }
}
