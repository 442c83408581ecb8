import { Type } from 'typebox';
import { defineAdministrativeRoute } from '../../access/administrativeRoute.ts';
import { IntegerID } from '../../contract/scalars.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { notFound } from '../../platform/http/errors.ts';
import type { AccountParts } from '../accountParts.ts';
import { deleteAccount } from '../deleteAccount.ts';

const absent = () => {
  throw new DomainError(notFound, 'The project has no such external account.');
};

/** Specification, "Delete an External Account Connection". */
export const route = defineAdministrativeRoute({
  operationID: 'deleteExternalAccount',
  method: 'DELETE',
  path: '/api/v1/administration/projects/:projectID/externalAccounts/:accountID',
  summary: 'Delete an external account connection',
  description: 'An unknown id, one of another project and one deleted before are answered alike.',
  parameters: Type.Object({ accountID: IntegerID }),
  answers: { 204: { description: 'The connection is deleted.' } },
  absent,
  answer: async ({ caller, parameters: { accountID } }, { database, clock }: AccountParts) => {
    const { projectID, actor } = caller;
    const deleted = await deleteAccount(database, { projectID, accountID, actor, now: clock.now() });
    return deleted ? { status: 204 } : absent();
  },
});
