import type { ProviderImportReport } from '../../../directories/importProviders.ts';
import type { CommandLine } from '../../commandLine.ts';

/** The report of an import of provider directories, for people. */
export function printProviderImport(line: CommandLine, report: ProviderImportReport): void {
  const { added, changed, unchanged, returned, retired, shared, mostShared, logos } = report;
  line.say(`${report.entriesRead} entries read from ${count(report.files, 'file')}.`);
  line.say(
    `Providers: ${added} added, ${changed} changed, ${unchanged} as they were, ${returned} listed again, ${retired} retired.`,
  );
  line.say(`${report.duplicatesMerged} entries repeat an organisation at an endpoint.`);
  line.say(`${report.successorsLinked} older endpoints point to their successor.`);
  line.say(
    `${report.distinctEndpoints} distinct endpoints; ${shared.endpoints} are shared by ${shared.organisations} organisations.`,
  );
  if (mostShared !== null)
    line.say(`Most share ${mostShared.endpoint}: ${mostShared.organisations} organisations.`);
  if (logos.embedded + logos.linked > 0)
    line.say(`Logos, counted and not taken: ${logos.embedded} embedded, ${logos.linked} linked.`);
  if (report.byDefinition.length > 0) {
    line.say('\nConnected by:');
    for (const { definition, entries } of report.byDefinition)
      line.say(`  ${definition ?? 'nothing; this release has no definition for them'}: ${entries}`);
  }
  printFinding(line, 'names derived, because the directory gave none or only a number', report.namesDerived);
  printFinding(line, 'postal codes ignored, because they are none', report.postalCodesIgnored);
  printFinding(
    line,
    'older endpoints not linked, because several successors fit',
    report.successorsAmbiguous,
  );
  printFinding(line, 'older endpoints without a successor in these files', report.successorsMissing);
  for (const skipped of report.skipped) printFinding(line, `skipped: ${skipped.meaning}`, skipped);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function printFinding(
  line: CommandLine,
  what: string,
  finding: { readonly entries: number; readonly examples: readonly string[] },
): void {
  if (finding.entries === 0) return;
  line.say(`\n${finding.entries} ${what}; for example:`);
  for (const example of finding.examples) line.say(`  ${example}`);
}
