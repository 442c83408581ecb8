/** Headers of every answer: nothing here is a page, may be framed, sniffed or kept (OWASP ASVS 5.0, V3.4). */
export const securityHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};
