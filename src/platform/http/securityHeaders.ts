/**
 * Headers of every answer (OWASP ASVS 5.0, V3.4): nothing here is a page, may be framed, sniffed or kept, uses a device,
 * or is loaded by a page of another origin as its own. A page that asks with CORS and is allowed to reads on:
 * `Cross-Origin-Resource-Policy` is about requests without it (Fetch standard, section 3.6). A route that is all that
 * says so in its answer.
 *
 * Browsers are told to come by TLS alone only where the public URL does: sent for plain HTTP, or before TLS works, they
 * would be locked out for a year.
 */
export function securityHeaders(publicUrl: string): Readonly<Record<string, string>> {
  const headers = {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
  return publicUrl.startsWith('https:')
    ? { ...headers, 'strict-transport-security': 'max-age=31536000; includeSubDomains' }
    : headers;
}
