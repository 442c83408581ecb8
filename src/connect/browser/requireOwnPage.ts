import { DomainError } from '../../platform/errors/domainError.ts';
import type { RawCall } from '../../platform/http/defineRoute.ts';
import { notFromHere } from '../errors.ts';

/**
 * Refuses whatever one of our own pages did not send: browsers tell the origin of the page that makes a request, and
 * no page can make them lie (Fetch standard, section 3.2).
 *
 * @throws {DomainError} `not-from-here`
 */
export function requireOwnPage({ request }: RawCall, publicUrl: string): void {
  if (request.headers.origin !== new URL(publicUrl).origin)
    throw new DomainError(notFromHere, 'Only the page that opens a connect address may do this.');
}
