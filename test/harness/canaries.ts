/** A place where something could be read, and what could be read there. */
export interface Sighting {
  readonly place: string;
  readonly text: string;
}

/** Shorter ones would be found everywhere by chance. */
export const canaryLengthMin = 8;

/**
 * The places in which one of the secrets can be read: as it is, percent-encoded once or twice, as JSON, as HTML, in
 * hexadecimal of any letter case, or in base64 with whatever stands before it. Names the place and never the secret.
 */
export function findCanaries(sightings: readonly Sighting[], secrets: Readonly<Record<string, string>>) {
  const forms = Object.entries(secrets).map(([name, secret]) => {
    if (secret.length < canaryLengthMin) throw new Error(`${name} is too short to be looked for`);
    return { name, spellings: spell(secret), hexadecimal: Buffer.from(secret).toString('hex') };
  });
  return sightings.flatMap(({ place, text }) => {
    const lower = text.toLowerCase();
    return forms
      .filter(
        ({ spellings, hexadecimal }) =>
          lower.includes(hexadecimal) || spellings.some((spelling) => text.includes(spelling)),
      )
      .map(({ name }) => `${name} in ${place}`);
  });
}

function spell(secret: string): string[] {
  const escaped = encodeURIComponent(secret);
  const html = secret.replaceAll('&', '&amp;');
  const spelled = [
    ...[secret, escaped, encodeURIComponent(escaped), JSON.stringify(secret).slice(1, -1)],
    // In an element and in an attribute.
    ...[html.replaceAll('<', '&lt;').replaceAll('>', '&gt;'), html.replaceAll('"', '&quot;')],
  ];
  for (const encoding of ['base64', 'base64url'] as const)
    for (const shift of [0, 1, 2]) spelled.push(insideBase64(secret, shift, encoding));
  return [...new Set(spelled)];
}

/** The characters that stand for the secret alone when `shift` bytes of something else come before it (mod 3). */
function insideBase64(secret: string, shift: number, encoding: 'base64' | 'base64url'): string {
  const bytes = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]);
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3)).toString(encoding);
  return whole.slice([0, 2, 3][shift]);
}
