import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HonestServer } from '../honestServer.ts';
import type { OpenLoot } from './loot.ts';
import type { Lie, Names } from './metadata.ts';

export const loginHost = 'login.hostile.example';
export const fhirHost = 'fhir.hostile.example';
export const issuer = `https://${loginHost}`;
export const fhirBase = `https://${fhirHost}/r4`;

/** What the hostile server does. Everything that is left out it does as an ordinary server would. */
export interface Attack {
  /** In its metadata. */
  readonly lie?: Lie;
  /** How its metadata are sent: 10 MB, not JSON, or somewhere else. */
  readonly delivery?: 'huge' | 'endless' | 'not-json' | 'to-private-address' | 'to-http' | 'in-circles';
  /**
   * Mix-up (RFC 9700 section 4.4): the person is sent on to the victim's authorization server with the client's own
   * state and challenge, as the client of this name there, and to come back to this address (default: the one that
   * the client gave, which is that of its connection with the hostile server).
   */
  readonly relay?: { readonly clientID: string; readonly redirectUri?: string };
  /** What its redirect says about its issuer. Default: nothing, as its metadata promise nothing. */
  readonly iss?: 'own' | 'of-victim';
  /** What its token endpoint does. Default: it gives tokens for the patient `ho-1`. */
  readonly token?: 'redirects-to-victim' | 'asks-for-secret-again';
}

/** One request to it, and what it is about to do. */
export interface Scene {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly attack: Attack;
  readonly victim: HonestServer;
  readonly names: Names;
  readonly loot: OpenLoot;
}
