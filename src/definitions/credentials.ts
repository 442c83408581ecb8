import type { Secret } from '../platform/config/secret.ts';

/** With what this installation shows a vendor that it is the study's application. */
export interface Credentials {
  readonly clientID: string;
  readonly clientSecret?: Secret;
  /** PKCS#8 PEM. */
  readonly privateKey?: Secret;
  /** The key that will follow: published already, so that vendors know it before it signs. PKCS#8 PEM. */
  readonly nextPrivateKey?: Secret;
  /** With which of the vendor's ways to show the secret is begun; left out for the definition's order. */
  readonly secretMethod?: 'client_secret_basic' | 'client_secret_post';
  /** The definition's own settings by name. */
  readonly settings: Readonly<Record<string, string | Secret>>;
  /** Name of the chosen region; undefined where the definition has none. */
  readonly region?: string;
}
