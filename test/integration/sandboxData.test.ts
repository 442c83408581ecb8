import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../src/definitions/shape/delivery.ts';
import type { SandboxAnswer } from '../../src/sandbox/server/sandboxCall.ts';
import { DefinedClient, resourcesOf, type Bounds, type SentRequest } from '../harness/definedClient.ts';
import { createFakeClock } from '../harness/fakeClock.ts';
import { playable, playSandbox, type PlayedSandbox } from '../harness/playSandbox.ts';
import { boxesOf, dig, type SandboxClient } from '../harness/sandboxClient.ts';

const clock = createFakeClock(Date.parse('2026-05-04T15:02:01.500Z'));
let played: PlayedSandbox;
beforeAll(async () => {
  played = await playSandbox({ clock });
});
afterAll(() => played.sandbox.close());

/** Writes requests and does not send them. */
class Scribe extends DefinedClient {
  sent: SentRequest | undefined;
  override send(request: SentRequest): SandboxAnswer {
    this.sent = request;
    return { status: 200, json: {} };
  }
}

async function fetchOverHttp(
  client: SandboxClient,
  scribe: Scribe,
  { resource, bounds, token }: { resource: Resource; bounds: Bounds; token: string },
) {
  scribe.ask(resource, bounds);
  const { method, url, form, json, headers } = scribe.sent!;
  if (resource.tokenParameter !== undefined) url.searchParams.set(resource.tokenParameter, token);
  const shown = resource.tokenParameter === undefined ? { authorization: `Bearer ${token}` } : {};
  const body = method === 'GET' ? {} : resource.json === undefined ? { form } : { json };
  return client.send(method, url.href, { headers: { ...headers, ...shown }, ...body });
}

const withResources = playable
  .filter((definition) => resourcesOf(definition).length > 0)
  .map((definition) => [definition.slug, definition] as const);

describe.each(withResources)('%s', (slug, definition) => {
  const resources = resourcesOf(definition).filter(
    ({ forEach, name }) => forEach === undefined && name !== 'activityFiles',
  );
  const bounds = { from: Date.UTC(2026, 4, 2), to: Date.UTC(2026, 4, 3) };

  it('gives over HTTP, for a token of hers, what she released and nothing else', async () => {
    const person = played.person(slug, 2);
    const client = played.client(slug);
    const { access, reply } = await client.connect(person.userID);
    expect(reply.status).toBe(200);
    const direct = new DefinedClient(definition, 2);
    const scribe = new Scribe(definition, 2);
    const page = await client.send('GET', client.requestUrl({ verifier: 'v'.repeat(43) }));
    // Where nothing can be unticked, all that was asked for is granted.
    const boxes = [
      ...boxesOf(page.text),
      ...(definition.auth.grantedScopes.from === 'request' ? client.askedScopes : []),
    ];
    const contained = definition.auth.scopes.flatMap(({ name, includes = [] }) =>
      boxes.includes(name) ? includes : [],
    );
    for (const resource of resources) {
      const answer = await fetchOverHttp(client, scribe, { resource, bounds, token: access });
      const isOpen =
        resource.needsScope === undefined || [...boxes, ...contained].includes(resource.needsScope);
      expect(answer.status === 200 && dig(answer.json, resource.itemsAt) !== undefined).toBe(isOpen);
      direct.scopes = [...boxes, ...contained];
      expect(answer.json).toEqual(JSON.parse(JSON.stringify(direct.ask(resource, bounds).json)));
    }
    for (const token of ['', 'made-up']) {
      const { status, text } = await fetchOverHttp(client, scribe, {
        resource: resources[0]!,
        bounds,
        token,
      });
      expect(status === 200 && !text.includes('"status":')).toBe(false);
    }
  });
});

describe('a FHIR server', () => {
  it.each(['epic', 'humana', 'blueButton2'])('pages over HTTP by its own links: %s', async (slug) => {
    const client = played.client(slug);
    const { userID } = played.person(slug, 1);
    const { access, reply } = await client.connect(userID);
    // Medicare's answer does not name her.
    const { patient = userID } = reply.json as { patient?: string };
    const { fhirBase } = client.definition as { fhirBase?: string };
    const base = fhirBase === undefined ? client.base : client.fill(fhirBase);
    const type = slug === 'epic' ? 'Encounter' : 'ExplanationOfBenefit';
    let url: string | undefined = `${base}/${type}?patient=${patient}&_count=4`;
    const ids: string[] = [];
    let total = -1;
    while (url !== undefined) {
      const { status, json } = await client.send('GET', url, {
        headers: { authorization: `Bearer ${access}` },
      });
      expect(status).toBe(200);
      const bundle = json as {
        total: number;
        link: { relation: string; url: string }[];
        entry: { resource: { id: string } }[];
      };
      total = bundle.total;
      ids.push(...bundle.entry.map(({ resource }) => resource.id));
      url = bundle.link.find(({ relation }) => relation === 'next')?.url;
    }
    expect(total).toBeGreaterThan(8);
    expect(new Set(ids).size).toBe(total);
    expect(ids).toHaveLength(total);
  });
});
