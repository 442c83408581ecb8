import type { ProjectCatalogue } from '../../../catalogue/projectCatalogue.ts';
import { writeCatalogueFile } from '../../../catalogue/readCatalogueFile.ts';
import type { CommandLine } from '../../commandLine.ts';

/** What a study uses: for people, or as JSON in the form that `catalogue import` reads. */
export function printCatalogue(
  line: CommandLine,
  catalogue: ProjectCatalogue,
  { json }: { readonly json?: boolean },
): void {
  if (json === true) {
    line.json(writeCatalogueFile(catalogue));
    return;
  }
  const { categories, othersAllowed, providers, featured } = catalogue;
  line.say(`Categories: ${categories.length === 0 ? 'none' : categories.join(', ')}.`);
  line.say(`Providers that are not named below are ${othersAllowed ? 'allowed' : 'refused'}.`);
  if (providers.length > 0)
    line.table(
      ['PROVIDER', 'ALLOWED', 'MESSAGE'],
      providers.map((rule) => [
        rule.providerID,
        rule.allowed ? 'yes' : 'no',
        rule.allowed ? null : rule.message,
      ]),
    );
  for (const [context, providerIDs] of Object.entries(featured))
    line.say(`Featured${context === '' ? '' : ` in ${context}`}: ${providerIDs.join(', ')}.`);
}
