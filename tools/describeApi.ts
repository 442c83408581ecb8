import { ProblemBody } from '../src/contract/problem.ts';
import type { DescribedAnswer, RouteShape } from '../src/platform/http/defineRoute.ts';

/** A JSON value; the description is data, not types. */
type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

const rateLimitHeaders = {
  'RateLimit-Limit': integerHeader('Requests allowed in the current hour.'),
  'RateLimit-Remaining': integerHeader('Requests left in the current hour.'),
  'RateLimit-Reset': integerHeader('Seconds until the hour ends.'),
};

/**
 * The API description (OpenAPI 3.1) of the given routes.
 *
 * The schemas are the ones that the code uses, copied by reference to a name where they have one (`$id`), so that
 * the description cannot say something else than the service does.
 */
export function describeApi(routes: readonly RouteShape[], version: string): Json {
  const schemas: Record<string, Json> = {};
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of [...routes].sort((left, right) => (left.path < right.path ? -1 : 1))) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeOperation(route, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tributary',
      version,
      description:
        'External accounts of health studies: which connections work, and which data each participant agreed to share. Routes are matched in any letter case; repeated and trailing slashes do not matter.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas,
      securitySchemes: {
        serviceAccount: {
          type: 'http',
          scheme: 'bearer',
          description: 'Access token of a service account, from /identityserver/connect/token.',
        },
        participant: {
          type: 'http',
          scheme: 'bearer',
          description:
            'Access token of a participant, from /identityserver/connect/token with grant_type=delegated_participant. Operations name the scope they need; `api` stands for all of them.',
        },
      },
    },
  };
}

function describeOperation(route: RouteShape, schemas: Record<string, Json>): Json {
  const required = (schema: { required?: readonly string[] }, name: string) =>
    schema.required?.includes(name) === true;
  const headers = route.counted === false ? undefined : rateLimitHeaders;
  const inPath = Object.entries(route.parameters?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'path',
    required: true,
    schema: reference(schema, schemas),
  }));
  const inQuery = Object.entries(route.query?.properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required(route.query ?? {}, name),
    schema: reference(schema, schemas),
  }));
  return {
    operationId: route.operationID,
    summary: route.summary,
    description: route.description,
    security:
      route.caller === 'none' ? [] : [{ [route.caller]: route.scope === undefined ? [] : [route.scope] }],
    ...(inPath.length + inQuery.length === 0 ? {} : { parameters: [...inPath, ...inQuery] }),
    ...(route.form === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/x-www-form-urlencoded': { schema: reference(route.form.schema, schemas) },
            },
          },
        }),
    ...(route.json === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: reference(route.json.schema, schemas) } },
          },
        }),
    responses: {
      ...Object.fromEntries(
        Object.entries(route.answers).map(([status, answer]) => [
          status,
          describeAnswer(answer, Number(status), schemas, headers),
        ]),
      ),
      default: describeAnswer(
        route.otherFailures ?? { description: 'Any other failure.' },
        500,
        schemas,
        headers,
      ),
    },
  };
}

function describeAnswer(
  answer: DescribedAnswer,
  status: number,
  schemas: Record<string, Json>,
  headers: Json | undefined,
): Json {
  const content = answer.content ?? (status >= 400 ? { 'application/problem+json': ProblemBody } : undefined);
  return {
    description: answer.description,
    headers,
    ...(content === undefined
      ? {}
      : {
          content: Object.fromEntries(
            Object.entries(content).map(([type, schema]) => [type, { schema: reference(schema, schemas) }]),
          ),
        }),
  };
}

/** The schema with every named part replaced by a reference to `components/schemas`. */
function reference(schema: unknown, schemas: Record<string, Json>): Json {
  if (Array.isArray(schema)) return schema.map((item) => reference(item, schemas));
  if (typeof schema !== 'object' || schema === null) return schema as Json;
  // `expected` is for refusals (platform/http/readFields.ts).
  const { $id, expected: _expected, ...rest } = schema as { $id?: string } & Record<string, unknown>;
  const plain = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, reference(value, schemas)]),
  );
  if ($id === undefined) return plain;
  schemas[$id] = plain;
  return { $ref: `#/components/schemas/${$id}` };
}

function integerHeader(description: string): Json {
  return { description, schema: { type: 'integer', minimum: 0 } };
}
