import { Type } from 'typebox';
import { createGzip } from 'node:zlib';
import { negotiate } from '@fastify/accept-negotiator';
import { defineAdministrativeRoute } from '../../access/administrativeRoute.ts';
import { DataScopesRow } from '../../contract/exportedRow.ts';
import { Guid } from '../../contract/scalars.ts';
import { DomainError } from '../../platform/errors/domainError.ts';
import { definition } from '../definitions/dataScopes.ts';
import { tooManyExports } from '../errors.ts';
import type { ExportParts } from '../exportParts.ts';
import { formatNames, openExport, through } from '../openExport.ts';
import { watchReader } from '../transfer/watchReader.ts';

let underWay = 0;

/** The Data Scopes export (specification, "Data Scopes Export Format"), streamed. */
export const route = defineAdministrativeRoute({
  operationID: 'exportDataScopes',
  method: 'GET',
  path: '/api/v1/administration/projects/:projectID/exports/data-scopes',
  summary: 'Export the data scopes of all device accounts',
  description:
    'One snapshot of the database. A transfer that fails midway is aborted, so that it never looks whole. Compressed when the client accepts gzip.',
  parameters: Type.Object({ projectID: Guid }),
  query: Type.Object({
    format: Type.Optional(
      Type.Union(
        formatNames.map((name) => Type.Literal(name)),
        { default: 'csv' },
      ),
    ),
  }),
  answers: {
    200: {
      description: 'The file.',
      content: {
        'text/csv': Type.String({ description: 'Header and rows as in the specification.' }),
        'application/json': Type.Array(DataScopesRow),
        'application/x-ndjson': DataScopesRow,
      },
    },
    503: { description: 'As many exports are running as may run at once.' },
  },
  answer: async (call, parts: ExportParts) => {
    const { database, clock, exportsAtOnce, stallTimeoutMs } = parts;
    if (underWay >= exportsAtOnce)
      throw new DomainError(tooManyExports, 'As many exports are running as may run at once.', {
        'retry-after': '30',
      });
    underWay += 1;
    const release = () => {
      underWay -= 1;
    };
    try {
      const { stream, contentType, fileName } = await openExport(database, clock, {
        definition,
        format: (call.query.format as string | undefined) ?? 'csv',
        projectID: call.caller.projectID,
        actor: call.caller.actor,
      });
      const compressed =
        negotiate(call.request.headers['accept-encoding'] ?? '', ['gzip', 'identity']) === 'gzip';
      // Watched behind the compression: what counts is whether the client takes what is ready for it.
      const body = through(
        compressed ? through(stream, createGzip()) : stream,
        watchReader(clock, stallTimeoutMs),
      );
      body.once('close', release);
      // An HTTP/1.0 client takes the end of the connection for the end of the file: only a reset tells it.
      const { raw } = call.request;
      if (raw.httpVersion === '1.0') body.once('error', () => raw.socket.resetAndDestroy());
      return {
        status: 200,
        contentType,
        headers: {
          'content-disposition': `attachment; filename="${fileName}"`,
          vary: 'accept-encoding',
          ...(compressed ? { 'content-encoding': 'gzip' } : {}),
        },
        body,
      };
    } catch (error) {
      release();
      throw error;
    }
  },
});
