import { Type } from 'typebox';
import { defineAdministrativeRoute } from '../access/administrativeRoute.ts';
import type { Route } from '../platform/http/defineRoute.ts';
import { exportDefinitions } from './exportDefinitions.ts';
import { defaultFormat, exportFormats, formatNames } from './exportFormats.ts';
import type { ExportParts } from './exportParts.ts';
import type { ExportDefinition } from './shape/defineExport.ts';
import { answerExport } from './transfer/answerExport.ts';

/** The routes of all exports, one for each definition. */
export const exportRoutes: readonly Route<ExportParts>[] = exportDefinitions.map(createExportRoute);

/** The route of one export. */
export function createExportRoute(definition: ExportDefinition): Route<ExportParts> {
  return defineAdministrativeRoute({
    operationID: `export${definition.fileStem}`,
    method: 'GET',
    path: `/api/v1/administration/projects/:projectID/exports/${definition.name}`,
    summary: definition.summary,
    description:
      'One snapshot of the database. A transfer that fails midway is aborted, so that it never looks whole. Compressed when the client accepts gzip.',
    query: Type.Object({
      format: Type.Optional(
        Type.Unsafe<string>(
          Type.Union(
            formatNames.map((name) => Type.Literal(name)),
            { default: defaultFormat },
          ),
        ),
      ),
    }),
    answers: {
      200: {
        description: 'The file.',
        content: Object.fromEntries(
          exportFormats.map((format) => [mediaTypeOf(format.contentType), format.describe(definition)]),
        ),
      },
      503: { description: 'As many exports are running as may run at once.' },
    },
    answer: ({ request, caller, query }, parts: ExportParts) =>
      answerExport(
        request,
        {
          definition,
          format: query.format ?? defaultFormat,
          projectID: caller.projectID,
          actor: caller.actor,
        },
        parts,
      ),
  });
}

/** A content type without its parameters. */
function mediaTypeOf(contentType: string): string {
  return contentType.replace(/;.*/, '');
}
