import { createGzip } from 'node:zlib';
import { negotiate } from '@fastify/accept-negotiator';
import type { FastifyRequest } from 'fastify';
import type { Answer } from '../../platform/http/defineRoute.ts';
import type { ExportParts } from '../exportParts.ts';
import { openExport, pipeThrough, type ExportRequest } from '../openExport.ts';
import { watchReader } from './watchReader.ts';

/**
 * An export as the answer to `asked`: compressed where the client accepts that, cut off when it stops reading. Its
 * place at the gate is free again when the stream has closed, however it ended.
 *
 * @throws {DomainError} `too-many-exports`, `invalid-request`
 */
export async function answerExport(
  asked: FastifyRequest,
  request: ExportRequest,
  { database, clock, gate, stallTimeoutMs }: ExportParts,
): Promise<Answer> {
  const leave = gate.enter();
  try {
    const { stream, contentType, fileName } = await openExport(database, clock, request);
    const headers: Record<string, string> = {
      'content-disposition': `attachment; filename="${fileName}"`,
      vary: 'accept-encoding',
    };
    const compressed = negotiate(asked.headers['accept-encoding'] ?? '', ['gzip', 'identity']) === 'gzip';
    if (compressed) headers['content-encoding'] = 'gzip';
    // Watched behind the compression: what counts is whether the client takes what is ready for it.
    const body = pipeThrough(
      compressed ? pipeThrough(stream, createGzip()) : stream,
      watchReader(clock, stallTimeoutMs),
    );
    body.once('close', leave);
    // An HTTP/1.0 client takes the end of the connection for the end of the file: only a reset tells it.
    const { raw } = asked;
    if (raw.httpVersion === '1.0') body.once('error', () => raw.socket.resetAndDestroy());
    return { status: 200, contentType, headers, body };
  } catch (error) {
    leave();
    throw error;
  }
}
