import { join } from 'node:path';
import { loadFolder } from '../platform/loading/loadFolder.ts';
import type { ExportFormat } from './shape/defineFormat.ts';

/** Every way of writing an export: one for each file of `formats/`, in the order of their names. */
export const exportFormats: readonly ExportFormat[] = (
  await loadFolder(join(import.meta.dirname, 'formats'), 'format')
).map(({ name, value }) => {
  const format = value as ExportFormat;
  if (format.name !== name) throw new Error(`formats/${name} defines ${format.name}: the names differ`);
  return format;
});

/** Names of the formats that can be asked for. */
export const formatNames = exportFormats.map(({ name }) => name);

/** The format of whoever asks for none. */
export const defaultFormat = 'csv';
