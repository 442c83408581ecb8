import { hash } from 'node:crypto';
import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import { createSeededRandom } from '../../platform/random/seededRandom.ts';
import type { SandboxPerson } from '../server/sandboxCall.ts';
import { findVendorData, type UserIDStyle } from './vendorData.ts';

const names = ['Ash Juniper', 'Blair Larkspur', 'Casey Marrow', 'Devon Quill', 'Kit Foxglove'] as const;

/**
 * The five invented people who have an account at every sandbox provider. The same person lives the same life
 * everywhere, so what two of her devices tell of a day agrees; her name at each is another.
 */
export function listPeople(definition: NamedDefinition): readonly SandboxPerson[] {
  const style = styleOf(definition);
  return names.map((name, place) => {
    const seed = name.toLowerCase().replace(' ', '-');
    return { userID: nameUser(style, { slug: definition.slug, seed, place }), seed, name };
  });
}

/** The person's identifier as it stands in JSON: a number where the vendor counts its users, else text. */
export function writeUserID(definition: NamedDefinition, { userID }: SandboxPerson): string | number {
  return styleOf(definition) === 'number' ? Number(userID) : userID;
}

function styleOf(definition: NamedDefinition): UserIDStyle {
  const { delivery } = definition;
  return findVendorData(definition).userIDs ?? (delivery?.by === 'fhir' ? 'record' : 'guid');
}

function nameUser(
  style: UserIDStyle,
  { slug, seed, place }: { readonly slug: string; readonly seed: string; readonly place: number },
): string {
  const random = createSeededRandom(`${slug}/${seed}/user id`);
  const digest = hash('sha256', `${slug}/${seed}`, 'hex');
  switch (style) {
    case 'number':
      return String(10_000_000 + random.below(89_000_000));
    case 'long-number':
      return `1${random.below(900_000_000) + 100_000_000}${random.below(900_000_000) + 100_000_000}`;
    case 'negative-number':
      // One range for all versions of the interface, as Medicare's synthetic members have it.
      return `-2014000000000${place + 1}`;
    case 'guid':
      return random.uuid();
    case 'hex32':
      return digest.slice(0, 32);
    case 'base36':
      return BigInt(`0x${digest}`).toString(36).slice(0, 6).toUpperCase();
    case 'word':
      return `${seed.replace('-', '')}${random.below(90) + 10}`;
    case 'record':
      return `e${random.bytes(17).toString('base64url').replaceAll('_', '.')}3`;
  }
}
