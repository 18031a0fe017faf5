import { z } from 'zod';
import { problemSchema } from '../reading/contract.ts';
import { nameSchemas } from './name-schemas.ts';
import type { Access, Answer, Operation } from './operation.ts';

type Json = Record<string, unknown>;

export interface OpenApiDocument extends Json {
  openapi: '3.1.0';
  paths: Record<string, Record<string, Json>>;
  components: { schemas: Record<string, Json>; securitySchemes: Json };
}

const signedIn = 'sign-in-required: nobody is signed in, or the session or token no longer holds';

/** Refusals that a route has because of what it asks, by status. */
function usualRefusals({
  access,
  may,
  path,
  query,
  body,
  isVersioned,
  parameters,
}: Operation): Partial<Record<number, string>> {
  return {
    ...((query || body || parameters) && {
      400: 'invalid-query, invalid-body or invalid-json: errors names each field',
    }),
    ...((access === 'viewer' || access === 'person') && { 401: signedIn }),
    ...(access === 'sender' && { 401: 'missing-credential or unknown-credential' }),
    ...(may && { 403: `not-allowed: it takes a role that may ${may} at the station` }),
    ...(path.includes('{') && { 404: 'not-found: it is not there, or not for this viewer' }),
    ...(isVersioned && {
      412: 'changed-meanwhile: somebody else changed it since',
      428: 'version-required: send If-Match',
    }),
    ...(body && { 413: 'body-too-large', 415: 'wrong-media-type' }),
    429: 'too-many-requests: come again after the time in Retry-After',
    503: 'database-unavailable or starting: come again after the time in Retry-After',
  };
}

const security: Record<Access, Json[]> = {
  anybody: [],
  sender: [{ deviceToken: [] }],
  viewer: [{ session: [] }, { personalToken: [] }, { personalTokenBasic: [] }],
  person: [{ session: [] }],
};

const securitySchemes: Json = {
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-shaodian',
    description:
      'The cookie of POST /api/session; its name ends in the installation’s id. What changes something must come from a page of this server.',
  },
  personalToken: {
    type: 'http',
    scheme: 'bearer',
    description:
      'A personal token (sdp_…) of POST /api/account/tokens. It reads what its account may, and changes nothing.',
  },
  personalTokenBasic: {
    type: 'http',
    scheme: 'basic',
    description:
      'The same token as the password, with any username: for QGIS and other programs that know nothing else.',
  },
  deviceToken: {
    type: 'http',
    scheme: 'bearer',
    description: 'The token of a device or gateway. It reports positions and reads nothing.',
  },
};

/** A zod schema as JSON Schema 2020-12, which is what OpenAPI 3.1 speaks. */
function toSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
}

function parametersOf({ path, parameters = {}, query, isVersioned }: Operation): Json[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: parameters[name] ? toSchema(parameters[name], 'input') : { type: 'string', format: 'uuid' },
  }));
  const { properties = {}, required = [] } = (query ? toSchema(query, 'input') : {}) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  const inQuery = Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
  const version = { name: 'If-Match', in: 'header', required: true, schema: { type: 'string' }, description: 'The version that was seen, such as "3"; * for whatever stands.' }; // prettier-ignore
  return [...inPath, ...inQuery, ...(isVersioned ? [version] : [])];
}

/** The OpenAPI 3.1 document of these operations. The same operations give the same document. */
export function writeDocument(operations: readonly Operation[]): OpenApiDocument {
  const answers = operations.flatMap((operation) =>
    Object.values(operation.answers).flatMap(({ schema }) => schema ?? []),
  );
  const named = nameSchemas(new Set([...answers, problemSchema]));
  const registry = z.registry<{ id: string }>();
  for (const [schema, id] of named) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    io: 'output',
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
  }) as unknown as { schemas: Record<string, Json> };
  for (const schema of Object.values(schemas)) {
    delete schema['$schema'];
    delete schema['$id'];
  }

  const answerOf = ({ says, schema, mediaType }: Answer): Json => {
    const name = schema && named.get(schema);
    const shape = name ? { $ref: `#/components/schemas/${name}` } : schema ? toSchema(schema, 'output') : undefined;
    const content = shape ?? (mediaType ? {} : undefined);
    return {
      description: says,
      ...(content && { content: { [mediaType ?? 'application/json']: { schema: content } } }),
    };
  };
  const problem = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

  const paths: OpenApiDocument['paths'] = {};
  for (const operation of operations) {
    const { method, path, room, says, access, sees, may, body, bodyMediaType } = operation;
    const refusals = { ...usualRefusals(operation), ...operation.refuses };
    const rights = [sees && `Sees: ${sees}.`, may && `May: ${may}.`].filter(Boolean).join(' ');
    (paths[path] ??= {})[method] = {
      operationId: `${method}${path.replace(/^\/api/, '').replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string | undefined) => next?.toUpperCase() ?? '')}`,
      tags: [room],
      summary: says,
      ...(rights && { description: rights }),
      security: security[access],
      parameters: parametersOf(operation),
      ...(body && {
        requestBody: {
          required: true,
          content: { [bodyMediaType ?? 'application/json']: { schema: toSchema(body, 'input') } },
        },
      }),
      responses: {
        ...Object.fromEntries(Object.entries(operation.answers).map(([status, answer]) => [status, answerOf(answer)])),
        ...Object.fromEntries(
          Object.entries(refusals).map(([status, description]) => [status, { description, content: problem }]),
        ),
      },
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: '哨点 Shaodian',
      version: '1',
      description:
        'What a viewer may see and do is decided by role and station: a station’s id that is not the viewer’s is answered 404, as one that does not exist. Every refusal is a problem of RFC 9457 whose type is stable. Live positions come by a WebSocket at /api/live?station={id}.',
    },
    servers: [{ url: '/' }],
    tags: [...new Set(operations.map(({ room }) => room))].map((name) => ({ name })),
    paths,
    components: { schemas, securitySchemes },
  };
}
