import type { ConnectableDefinition } from '../../definitions/connectable.ts';
import type { SandboxPerson } from '../server/sandboxCall.ts';

/** Somebody who can log in at a sandbox provider, and whose records she may open. */
export interface Login {
  /** Value of the field `person`. */
  readonly key: string;
  readonly name: string;
  /** Her own record, or those of others; the first one unless another is picked. */
  readonly records: readonly [SandboxPerson, ...SandboxPerson[]];
  /** `Patient/ID` or `RelatedPerson/ID`. */
  readonly fhirUser: string;
  readonly isProxy: boolean;
}

/** The five people, and at health records a parent of the first two, who has no record of her own. */
export function listLogins(
  definition: ConnectableDefinition,
  people: readonly SandboxPerson[],
): readonly Login[] {
  const own = people.map((person) => ({
    key: person.userID,
    name: person.name,
    records: [person] as const,
    fhirUser: `Patient/${person.userID}`,
    isProxy: false,
  }));
  const [first, second] = people;
  if (definition.auth.kind !== 'smart' || first === undefined) return own;
  const key = `${first.userID}-parent`;
  const records = second === undefined ? ([first] as const) : ([first, second] as const);
  const name = `Rowan ${first.name.split(' ').at(-1) ?? ''}`;
  return [...own, { key, name, records, fhirUser: `RelatedPerson/${key}`, isProxy: true }];
}
