import { Type } from 'typebox';
import { defineAdministrativeRoute } from '../access/administrativeRoute.ts';
import { Guid } from '../contract/scalars.ts';
import type { RouteDefinition } from '../platform/http/defineRoute.ts';
import { exportDefinitions } from './exportDefinitions.ts';
import { defaultFormat, exportFormats, formatNames } from './exportFormats.ts';
import type { ExportGate } from './exportGate.ts';
import type { ExportDefinition } from './shape/defineExport.ts';
import { answerExport } from './transfer/answerExport.ts';

/** The routes of all exports, one for each definition. Their exports pass through one gate together. */
export function createExportRoutes(
  gate: ExportGate,
  definitions: readonly ExportDefinition[] = exportDefinitions,
): RouteDefinition[] {
  return definitions.map((definition) => createExportRoute(gate, definition));
}

function createExportRoute(gate: ExportGate, definition: ExportDefinition): RouteDefinition {
  return defineAdministrativeRoute({
    operationID: `export${definition.fileStem}`,
    method: 'GET',
    path: `/api/v1/administration/projects/:projectID/exports/${definition.name}`,
    summary: definition.summary,
    description:
      'One snapshot of the database. A transfer that fails midway is aborted, so that it never looks whole. Compressed when the client accepts gzip.',
    parameters: Type.Object({ projectID: Guid }),
    query: Type.Object({
      format: Type.Optional(
        Type.Union(
          formatNames.map((name) => Type.Literal(name)),
          { default: defaultFormat },
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
    answer: (call, { database, clock, settings }, caller) =>
      answerExport(
        call.request,
        {
          definition,
          format: call.query.format ?? defaultFormat,
          projectID: caller.projectID,
          actor: caller.actor,
        },
        { database, clock, gate, stallTimeoutMs: settings.exportStallTimeoutMs },
      ),
  });
}

/** A content type without its parameters. */
function mediaTypeOf(contentType: string): string {
  return contentType.replace(/;.*/, '');
}
