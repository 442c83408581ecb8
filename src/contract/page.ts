import { Type, type Static } from 'typebox';
import { ExternalAccount } from './externalAccount.ts';
import { Guid } from './scalars.ts';

/** Default and maximum of `limit` (specification, "Query Parameters"). */
export const pageSizeMax = 100;

/** One page of the query; `nextPageID` is absent on the last one. */
export const ExternalAccountPage = Type.Object(
  { externalAccounts: Type.Array(ExternalAccount), nextPageID: Type.Optional(Guid) },
  { additionalProperties: false, $id: 'ExternalAccountPage' },
);
export type ExternalAccountPage = Static<typeof ExternalAccountPage>;
