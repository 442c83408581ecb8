import type { NamedDefinition } from '../../../definitions/defineProvider.ts';
import type { SandboxAnswer } from '../../server/sandboxCall.ts';
import { refuseData, reasons } from '../refusals.ts';
import type { FhirServer } from './server.ts';

const codes = {
  scope: 'forbidden',
  item: 'not-found',
  range: 'invalid',
  page: 'invalid',
  credentials: 'login',
} as const;

/** A refusal with an OperationOutcome that the definition's rules read as its reason. */
export function refuseFhir(
  definition: NamedDefinition,
  reason: keyof typeof codes,
  server: FhirServer,
): SandboxAnswer {
  const { message } = reasons[reason];
  const issue = [{ severity: 'error', code: codes[reason], details: { text: message } }];
  const answer = refuseData(definition, reasons[reason], { resourceType: 'OperationOutcome', issue });
  return withType(answer, server);
}

/**
 * A search without a result where the vendor tells that by an OperationOutcome instead of an empty bundle, or
 * undefined where it does not. Epic: 4101.
 */
export function tellNothing(definition: NamedDefinition, server: FhirServer): SandboxAnswer | undefined {
  if (!definition.errors.some(({ verdict, body }) => verdict === 'no-data' && body !== undefined))
    return undefined;
  const details = { coding: [{ display: 'Resource request returns no results.' }], text: 'No results.' };
  const issue = [{ severity: 'warning', code: 'not-found', details }];
  return withType(refuseData(definition, reasons.item, { resourceType: 'OperationOutcome', issue }), server);
}

/** The media type of the server's version of FHIR. */
export function withType(answer: SandboxAnswer, { version }: Pick<FhirServer, 'version'>): SandboxAnswer {
  const type = version === 'DSTU2' ? 'application/json+fhir' : 'application/fhir+json';
  return { ...answer, headers: { 'content-type': `${type}; charset=utf-8`, ...answer.headers } };
}
