import type { ProviderDoor } from '../../src/oauth/providerDoor.ts';
import { answerAuthorization, answerMetadata, answerToken } from './hostile/answers.ts';
import { createLoot, rob, type Loot, type OpenLoot } from './hostile/loot.ts';
import type { Names } from './hostile/metadata.ts';
import { fhirBase, fhirHost, issuer, loginHost, type Attack } from './hostile/scene.ts';
import type { HonestServer } from './honestServer.ts';
import {
  answerJson,
  joinDoors,
  readBody,
  startLoopbackServer,
  type LoopbackServer,
} from './loopbackServer.ts';

export interface HostileServer extends LoopbackServer {
  readonly fhirBase: string;
  readonly issuer: string;
  /** Leads to it and to its victim, as one network does: what is sent to an address of the victim arrives there. */
  readonly door: ProviderDoor;
  readonly loot: Loot;
  /** From now on; nothing hostile unless given. What it has got hold of so far is forgotten. */
  attack(attack: Attack): void;
  /** Tries to turn its loot into tokens at the victim, as the client of this name; status and answer of the victim. */
  redeem(clientID: string): Promise<{ readonly status: number; readonly body: string }>;
}

/** An authorization server that somebody else can have connected in any study, and that is after the honest one. */
export async function startHostileServer(victim: HonestServer): Promise<HostileServer> {
  const loot = createLoot();
  let attack: Attack = {};
  const names = { fhirBase, issuer, victim: namesOf(victim) };
  const server = await startLoopbackServer(
    'hostile',
    [loginHost, fhirHost],
    async (request, response, host) => {
      const body = (await readBody(request)).toString();
      const url = new URL(request.url ?? '/', `https://${host}`);
      loot.requests.push({ method: request.method ?? '', url: url.href, body });
      rob(loot, { url, body, authorization: request.headers.authorization });
      const scene = { request, response, attack, victim, names, loot };
      if (host === fhirHost) answerMetadata(scene, url);
      else if (url.pathname === '/authorize') answerAuthorization(scene, url);
      else if (url.pathname === '/token') answerToken(scene);
      else if (url.pathname === '/revoke') response.writeHead(200).end();
      else answerJson(response, 404, {});
    },
  );
  return {
    ...server,
    fhirBase,
    issuer,
    loot,
    door: joinDoors([server, victim]),
    attack: (next) => {
      attack = next;
      for (const part of Object.values(loot)) part.length = 0;
    },
    redeem: (clientID) => redeem(victim, loot, clientID),
  };
}

function namesOf(victim: HonestServer): Names['victim'] {
  return {
    issuer: victim.issuer,
    authorizationEndpoint: `${victim.issuer}/auth`,
    tokenEndpoint: `${victim.issuer}/token`,
    revocationEndpoint: `${victim.issuer}/token/revocation`,
  };
}

/** The last code and verifier that it was sent, at the victim's token endpoint. */
async function redeem(victim: HonestServer, loot: OpenLoot, clientID: string) {
  const redirectUri = loot.requests
    .map(({ body }) => new URLSearchParams(body).get('redirect_uri'))
    .findLast(Boolean);
  const answer = await victim.door.fetch({
    method: 'POST',
    url: `${victim.issuer}/token`,
    body: {
      form: {
        grant_type: 'authorization_code',
        client_id: clientID,
        code: loot.codes.at(-1) ?? '',
        code_verifier: loot.verifiers.at(-1) ?? '',
        redirect_uri: redirectUri ?? '',
      },
    },
  });
  if (answer.outcome !== 'answered') throw new Error(answer.outcome);
  return { status: answer.status, body: Buffer.from(answer.body).toString() };
}
