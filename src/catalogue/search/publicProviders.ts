import type { PublicProvider } from '../../contract/provider.ts';
import { logoUrl, type ProviderFacts } from '../offerFacts.ts';

/** A provider as anybody may see it. */
export function describePublicProvider(
  publicUrl: string,
  { id, name, category }: ProviderFacts,
): PublicProvider {
  return { ID: id, OrganizationName: name, LogoURL: logoUrl(publicUrl, id), Category: category };
}
