import type { Secret } from '../platform/config/secret.ts';

/** With what this installation shows a vendor that it is the study's application. */
export interface Credentials {
  readonly clientID: string;
  readonly clientSecret?: Secret;
  /** PKCS#8 PEM. */
  readonly privateKey?: Secret;
  /** The key that will follow: published already, so that vendors know it before it signs. PKCS#8 PEM. */
  readonly nextPrivateKey?: Secret;
  /** The definition's own settings by name. */
  readonly settings: Readonly<Record<string, string | Secret>>;
  /** Name of the chosen region; undefined where the definition has none. */
  readonly region?: string;
}
