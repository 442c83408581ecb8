import { join } from 'node:path';
import { loadFolder } from '../platform/loading/loadFolder.ts';
import type { ExportDefinition } from './shape/defineExport.ts';

/** Every kind of export: one for each file of `definitions/`, in the order of their names. */
export const exportDefinitions: readonly ExportDefinition[] = (
  await loadFolder(join(import.meta.dirname, 'definitions'), 'definition')
).map(({ name, value }) => {
  const definition = value as ExportDefinition;
  if (toCamelCase(definition.name) !== name)
    throw new Error(`definitions/${name} defines ${definition.name}: the names differ`);
  return definition;
});

function toCamelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_hyphen, letter: string) => letter.toUpperCase());
}
