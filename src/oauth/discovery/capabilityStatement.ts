import { readPath } from '../../definitions/readPath.ts';

/** Where the standard's addresses stand in servers from before `smart-configuration` (SMART App Launch 1.0). */
const oauthUris = 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris';

const names = new Map([
  ['authorize', 'authorization_endpoint'],
  ['token', 'token_endpoint'],
  ['register', 'registration_endpoint'],
  ['manage', 'management_endpoint'],
  ['introspect', 'introspection_endpoint'],
  ['revoke', 'revocation_endpoint'],
]);

/**
 * The OAuth addresses of a capability statement (of a conformance statement in DSTU2), under the names that they have
 * in a configuration; undefined when it has none. They are as the server wrote them: nobody has looked at them yet.
 */
export function readOAuthUris(statement: unknown): Readonly<Record<string, unknown>> | undefined {
  for (const rest of listOf(statement, 'rest'))
    for (const extension of listOf(rest, 'security.extension')) {
      if (readPath(extension, 'url') !== oauthUris) continue;
      const found = listOf(extension, 'extension').flatMap((one) => {
        const name = names.get(String(readPath(one, 'url')));
        return name === undefined ? [] : [[name, readValue(one)] as const];
      });
      return Object.fromEntries(found);
    }
  return undefined;
}

/** To be a `valueUri`; older servers write their addresses as other kinds of text. What they are is checked afterwards. */
function readValue(extension: unknown): unknown {
  return ['valueUri', 'valueUrl', 'valueString', 'valueCanonical']
    .map((name) => readPath(extension, name))
    .find((value) => value !== undefined);
}

function listOf(value: unknown, path: string): readonly unknown[] {
  const list = readPath(value, path);
  return Array.isArray(list) ? list : [];
}
