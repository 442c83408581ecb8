import { Type } from 'typebox';
import { defineAdministrativeRoute } from '../../access/administrativeRoute.ts';
import { Guid, IntegerID, parseIntegerID } from '../../contract/scalars.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { notFound } from '../../platform/http/errors.ts';
import { deleteAccount } from '../deleteAccount.ts';

/** Specification, "Delete an External Account Connection". */
export const route = defineAdministrativeRoute({
  operationID: 'deleteExternalAccount',
  method: 'DELETE',
  path: '/api/v1/administration/projects/:projectID/externalAccounts/:accountID',
  summary: 'Delete an external account connection',
  description: 'An unknown id, one of another project and one deleted before are answered alike.',
  parameters: Type.Object({ projectID: Guid, accountID: IntegerID }),
  answers: { 204: { description: 'The connection is deleted.' } },
  answer: async (call, services, caller) => {
    const accountID = parseIntegerID(call.parameters.accountID ?? '');
    const deleted =
      accountID !== undefined &&
      (await deleteAccount(services.database, {
        projectID: caller.projectID,
        accountID,
        actor: caller.actor,
        now: services.clock.now(),
      }));
    if (!deleted) throw new DomainError(notFound, 'The project has no such external account.');
    return { status: 204 };
  },
});
