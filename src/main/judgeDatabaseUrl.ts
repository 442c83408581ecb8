const escapes = 'write # as %23, / as %2F, @ as %40, ? as %3F and % as %25';

/**
 * What is wrong with the address of a database server, or undefined. Quotes nothing of it: most mistakes are a
 * password with characters that mean something else in a URL, which then stands where nobody expects it.
 */
export function judgeDatabaseUrl(text: string): string | undefined {
  const [, authority = '', rest = ''] = /^[a-z]+:\/\/([^/?#]*)(.*)$/is.exec(text) ?? [];
  const first = rest[0] ?? '';
  const beforeOptions = first === '?' ? rest.slice(1).split(/[=&]/, 1)[0] : rest.split('?', 1)[0];
  if (rest.includes('#') || beforeOptions?.includes('@') === true)
    return `has the character ${rest.includes('#') ? '#' : first} in its password or user name: ${escapes}`;
  // Some programs end the password at the first @, others at the last.
  if (authority.indexOf('@') !== authority.lastIndexOf('@'))
    return `has the character @ in its password or user name: ${escapes}`;
  if (!isDecodable(authority)) return `has the character % in its password or user name: ${escapes}`;
  // A socket's address has no host, which the driver reads and URL does not.
  const readable = text.replace(/^([a-z]+:\/\/[^/?#]*@)(?=[/?]|$)/i, '$1localhost');
  return URL.canParse(readable)
    ? undefined
    : `cannot be read as a URL: postgresql://USER:PASSWORD@HOST/DATABASE, and in the password ${escapes}`;
}

/** The driver takes a lone % as it is, and fails at an escape that is no UTF-8. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'));
    return true;
  } catch {
    return false;
  }
}
