import type { NamedDefinition } from '../../definitions/defineProvider.ts';

/**
 * Which registration with a provider an answer belongs to: part of the callback path, so that an answer of one
 * authorization server cannot be taken for another's (draft-ietf-oauth-security-topics-update, "mix-up").
 *
 * It is the definition where one registration serves everything behind it: a maker, or a vendor at which an
 * application is registered once for all organisations. Organisations of no known vendor are registered with one by
 * one, and each has a path of its own.
 */
export function callbackContext(definition: NamedDefinition, providerID: number): string {
  return definition.kind === 'vendor' && definition.recognises.everythingElse === true
    ? String(providerID)
    : definition.slug;
}

/** The redirect URI, to the letter as it has to be registered with the provider. */
export function callbackAddress(publicUrl: string, projectID: string, context: string): string {
  return `${publicUrl}/connect/callback/${projectID}/${context}`;
}
