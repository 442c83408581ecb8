import { compareForm } from '../reading/cleanName.ts';
import type { OrganisationNode } from './resourceGraph.ts';

/**
 * What identifies each organisation in every directory that lists it: its best identifier, else its name.
 *
 * An identifier that organisations of different names in one directory share is none: hospitals give the web site
 * of the group that they belong to.
 */
export function chooseIdentities(organisations: readonly OrganisationNode[]): Map<OrganisationNode, string> {
  const named = new Map<string, string>();
  const shared = new Set<string>();
  for (const { name, identifiers, file } of organisations)
    for (const identifier of identifiers) {
      const key = `${file.directory}\n${identifier}`;
      const first = named.get(key);
      if (first === undefined) named.set(key, compareForm(name));
      else if (first !== compareForm(name)) shared.add(key);
    }
  return new Map(
    organisations.map((organisation) => {
      const { name, identifiers, file } = organisation;
      const own = identifiers.find((identifier) => !shared.has(`${file.directory}\n${identifier}`));
      return [organisation, own ?? compareForm(name)];
    }),
  );
}
