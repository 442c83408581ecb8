import type { ProviderCategory } from '../../contract/provider.ts';
import { cleanName } from '../reading/cleanName.ts';

/** Who published a directory, as far as its file name says. */
export interface Publisher {
  /** Equal for the files of one vendor: `Epic_Systems_Corporation_1` is the second file of Epic. */
  readonly family: string;
  readonly displayName: string;
  readonly category: Extract<ProviderCategory, 'Provider' | 'Health Plan'>;
}

/** Names that participants know better than what the file name gives. */
const knownNames: Readonly<Record<string, string>> = {
  Cerner_Corporation: 'Oracle Health (Cerner)',
  Epic_Systems_Corporation: 'Epic',
  Medical_Information_Technology_Inc_MEDITECH: 'MEDITECH',
  Medicare_UnitedHealthGroup: 'UnitedHealth Group',
  'Medicare_ElevanceHealth(Anthem)': 'Elevance Health (Anthem)',
};

/**
 * The publisher that a directory's file name stands for.
 *
 * The names are those of the Lantern project: `Vendor_Inc_2_EndpointSources.json`, and
 * `Medicare_PayerEndpointSources.json` for health plans. Any other name is a vendor's.
 */
export function describePublisher(fileName: string): Publisher {
  const stem = fileName
    .replace(/^.*[/\\]/s, '')
    .replace(/\.json$/i, '')
    .replace(/_?EndpointSources$/i, '');
  const family = stem.replace(/_\d+$/, '');
  const words = family
    .replace(/^Medicare_/, '')
    .replaceAll('_', ' ')
    .replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ')
    .replace(/( (Inc|LLC|Corp|Corporation))+$/, '');
  return {
    family,
    displayName: knownNames[family] ?? cleanName(words),
    category: family.startsWith('Medicare_') ? 'Health Plan' : 'Provider',
  };
}

/**
 * A name by which a participant can find the organisation, whatever the directory gives.
 *
 * A name with a letter in it stands. A number alone becomes `Practice 4711 (Vendor)`. Nothing at all becomes the
 * publisher's name for a health plan, whose directory is about itself, and the server's host for anybody else.
 */
export function nameOrganisation(cleanedName: string, publisher: Publisher, endpoint: string): string {
  if (/\p{L}/u.test(cleanedName)) return cleanedName;
  const isPlan = publisher.category === 'Health Plan';
  if (/\p{N}/u.test(cleanedName))
    return cleanName(`${isPlan ? 'Plan' : 'Practice'} ${cleanedName} (${publisher.displayName})`);
  return isPlan && publisher.displayName !== ''
    ? publisher.displayName
    : cleanName(new URL(endpoint).hostname);
}
