import { OperatorTrouble } from '../../errors/operatorTrouble.ts';
import type { OwnerRecord } from './ownerRecord.ts';

/** Another living process owns the data directory. */
export class DataDirectoryInUse extends OperatorTrouble {
  override readonly name = 'DataDirectoryInUse';

  constructor(dataDirectory: string, owner: OwnerRecord | undefined) {
    const who =
      owner === undefined
        ? 'another process'
        : `"${owner.purpose}" (process ${owner.pid}, since ${owner.since})`;
    const doing = owner?.state === 'stopping' ? ', which is just stopping' : '';
    super(
      `The data directory ${dataDirectory} is in use by ${who}${doing}. Only one process at a time can own it: ` +
        'stop that one first, use another data directory, or name a PostgreSQL server in TRIBUTARY_DATABASE_URL.',
    );
  }
}
