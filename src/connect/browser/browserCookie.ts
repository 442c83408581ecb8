import { parseCookie, stringifySetCookie } from 'cookie';
import type { RawCall } from '../../platform/http/defineRoute.ts';

/**
 * One secret for each browser that connects something. The prefix lets no other host, and no page that is not
 * encrypted, set it (RFC 6265bis section 4.1.3.2); browsers take it on localhost without encryption as well.
 */
const name = '__Host-tributary-connect';
const form = /^[0-9a-f]{64}$/;

/** Longer than any journey, so that its end can be looked at again. */
const lifetimeS = 2 * 60 * 60;

/** The browser's secret, if it sent one that can be ours. */
export function readBrowserSecret({ request }: RawCall): string | undefined {
  const secret = parseCookie(request.headers.cookie ?? '')[name];
  return secret !== undefined && form.test(secret) ? secret : undefined;
}

/** The header that gives a browser its secret. Sent along when a provider's page leads back here. */
export function writeBrowserSecret(secret: string): Readonly<Record<string, string>> {
  const cookie = stringifySetCookie({
    name,
    value: secret,
    path: '/',
    maxAge: lifetimeS,
    httpOnly: true,
    secure: true,
    sameSite: 'lax',
  });
  return { 'set-cookie': cookie };
}
