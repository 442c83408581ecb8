import { getDomain } from 'tldts';

/** Whether two hosts are of one registrable domain, by the public suffix list with its private part. */
export function isSameSite(host: string, other: string): boolean {
  if (host === other) return true;
  const domain = getDomain(host, { allowPrivateDomains: true });
  return domain !== null && domain === getDomain(other, { allowPrivateDomains: true });
}
