/** A strong entity tag for content of this digest (RFC 9110 section 8.8.3). */
export function entityTag(digest: Buffer): string {
  return `"${digest.toString('base64url')}"`;
}

const tag = /(?:W\/)?("[\x21\x23-\x7e\x80-\xff]*")/g;

/**
 * Whether the client has the content already, by its `If-None-Match`: a list of tags, of which one that is marked as
 * weak counts as well, or `*` for whatever there is (RFC 9110 section 13.1.2).
 */
export function isKnownTo(ifNoneMatch: string | undefined, current: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return Array.from(ifNoneMatch.matchAll(tag), ([, opaque]) => opaque).includes(current);
}
