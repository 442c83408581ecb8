import { describe, expect, it } from 'vitest';
import { judgeError } from '../../definitions/judgeError.ts';
import type { TimeRange } from '../../definitions/shape/delivery.ts';
import { readPath } from '../../definitions/readPath.ts';
import { createFakeClock } from '../../../test/harness/fakeClock.ts';
import {
  dayMs,
  DefinedClient,
  definitionOf,
  definitions,
  findWrong,
  listOf,
  now,
  resourceOf,
  resourcesOf,
} from '../../../test/harness/definedClient.ts';
import { createAddressPatterns } from './addressPatterns.ts';
import { answerDataCall } from './answerDataCall.ts';
import { readDataToken } from './parameters.ts';
import { listPeople, writeUserID } from './people.ts';

const week = { from: Date.UTC(2026, 3, 26), to: Date.UTC(2026, 4, 3) };
const month = { from: Date.UTC(2026, 3, 4), to: Date.UTC(2026, 4, 3) };

describe('people', () => {
  it('are five, the same at every call, and another name for each provider', () => {
    const userIDs = definitions
      .filter(({ auth, kind }) => auth.kind !== 'none' && kind === 'provider')
      .flatMap((definition) => {
        const people = listPeople(definition);
        expect(people).toHaveLength(5);
        expect(listPeople(definition)).toEqual(people);
        expect(new Set(people.map(({ seed }) => seed)).size).toBe(5);
        // The two versions of Blue Button name their members alike.
        return definition.slug === 'blueButton3' ? [] : people.map(({ userID }) => userID);
      });
    expect(new Set(userIDs).size).toBe(userIDs.length);
  });

  it('are named in the style of each vendor', () => {
    const styles = {
      fitbit: /^[0-9A-Z]{6}$/,
      googleHealth: /^1\d{18}$/,
      garmin: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      withings: /^\d{8}$/,
      strava: /^\d{8}$/,
      polar: /^\d{8}$/,
      whoop: /^\d{8}$/,
      suunto: /^[a-z]+\d\d$/,
      coros: /^[0-9a-f]{32}$/,
      blueButton2: /^-2014000000000\d$/,
      blueButton3: /^-2014000000000\d$/,
      epic: /^e[\w.-]{23}3$/,
    };
    for (const [slug, style] of Object.entries(styles))
      for (const person of listPeople(definitionOf(slug))) expect(person.userID).toMatch(style);
    expect(writeUserID(definitionOf('whoop'), listPeople(definitionOf('whoop'))[0]!)).toBeTypeOf('number');
    expect(
      writeUserID(definitionOf('googleHealth'), listPeople(definitionOf('googleHealth'))[0]!),
    ).toBeTypeOf('string');
  });

  it('live the same life at every provider', () => {
    const steps = (slug: string, name: string, path: string) =>
      new DefinedClient(definitionOf(slug), 1)
        .items(resourceOf(slug, name), { from: month.from, to: month.from })
        .map((item) => readPath(item, path))[0];
    expect(steps('oura', 'daily_activity', 'steps')).toBeGreaterThan(1_000);
    expect(steps('withings', 'activity', 'steps')).toBe(steps('oura', 'daily_activity', 'steps'));
    expect(steps('polar', 'activities', 'steps')).toBe(steps('oura', 'daily_activity', 'steps'));
  });
});

describe('one thing', () => {
  const whole = definitions.flatMap((definition) =>
    resourcesOf(definition)
      .filter(({ range, forEach }) => range === undefined && forEach === undefined)
      .map((resource) => ({ name: `${definition.slug} ${resource.name}`, definition, resource })),
  );

  // The address of Garmin's files comes with a notification.
  it.each(whole.filter(({ name }) => name !== 'garmin activityFiles'))(
    'is answered where it is asked for without a time: $name',
    ({ definition, resource }) => {
      const client = new DefinedClient(definition, 1);
      const answer = client.ask(resource, week);
      expect(answer.status).toBe(200);
      const found = readPath(answer.json, resource.itemsAt);
      expect(found).toBeTypeOf('object');
      for (const item of listOf(resource, answer)) expect(findWrong(resource, item)).toEqual([]);
      expect(JSON.stringify(client.ask(resource, week))).toBe(JSON.stringify(answer));
    },
  );

  it('tells who she is where the definition reads it', () => {
    const told = definitions.flatMap((definition) => {
      const client = new DefinedClient(definition, 1);
      return (definition.auth.kind === 'none' ? [] : definition.auth.userID).flatMap((source) => {
        if (source.from !== 'call' && source.from !== 'first-data') return [];
        return resourcesOf(definition)
          .filter(({ url }) => source.from === 'first-data' || source.call.url === url)
          .map((resource) => [readPath(client.ask(resource, week).json, source.path), client.person.userID]);
      });
    });
    expect(told.length).toBeGreaterThanOrEqual(7);
    for (const [shown, userID] of told) expect(String(shown)).toBe(userID);
  });

  it('is found again by the identifier that lists and notifications name, by nobody else', () => {
    const addressed = definitions.flatMap((definition) =>
      resourcesOf(definition)
        .filter(({ itemUrl }) => itemUrl !== undefined)
        .map((resource) => ({ definition, resource })),
    );
    expect(addressed.length).toBeGreaterThan(15);
    for (const { definition, resource } of addressed) {
      const client = new DefinedClient(definition, 2);
      const [item] = client.items(resource, month);
      const url = resource.itemUrl!.replace('{itemID}', String(readPath(item, resource.itemID!)));
      expect(client.get(url)).toEqual({ status: 200, json: item });
      if (resource.itemID === 'date') continue;
      const { status, json } = new DefinedClient(definition, 0).get(url);
      expect(judgeError(definition, 'data', { status, body: json })).toBe('no-data');
    }
  });

  it.each([
    ['strava', 'activities', 'streams'],
    ['withings', 'ECG list', 'ECG signal'],
  ])('comes with its parts: %s, %s', (slug, parent, part) => {
    const client = new DefinedClient(definitionOf(slug), 2);
    const [item] = client.items(resourceOf(slug, parent), { from: Date.UTC(2026, 2, 1), to: week.to });
    const itemID = String(readPath(item, resourceOf(slug, parent).itemID!));
    const { range: _, ...asked } = resourceOf(slug, part);
    const answer = client.ask(asked, week, {}, itemID);
    expect(answer.status).toBe(200);
    expect(Object.keys(readPath(answer.json, asked.itemsAt) as object).length).toBeGreaterThan(1);
    const wrong = client.ask(asked, week, {}, '17');
    expect(wrong.json).not.toHaveProperty(slug === 'strava' ? 'time' : 'body.signal');
  });

  it('may be a file: of an activity, at the address that a notification names', () => {
    const client = new DefinedClient(definitionOf('garmin'), 2);
    const activities = Array.from({ length: 28 }, (_, place) => week.to - place * dayMs).flatMap((to) =>
      client.items(resourceOf('garmin', 'activities'), { from: to - dayMs, to }),
    );
    const { activityId, distanceInMeters } = activities[0] as {
      activityId: number;
      distanceInMeters: number;
    };
    const file = (id: string) =>
      client.get(`https://apis.garmin.com/wellness-api/rest/activityFile?id=${id}`);
    const { status, text = '' } = file(String(activityId));
    expect(status).toBe(200);
    expect(text).toContain(`<DistanceMeters>${distanceInMeters}</DistanceMeters><Calories>`);
    expect(text.match(/<Trackpoint>/g)!.length).toBe(text.match(/<\/Trackpoint>/g)!.length);
    expect(['', '17', 'x', String(activityId + 1), '1e400'].map((id) => file(id).status)).toEqual([
      404, 404, 404, 404, 404,
    ]);
  });
});

describe('a reader', () => {
  it.each([
    ['fitbit', 'sleep'],
    ['coros', 'workouts'],
    ['iHealth', 'bp'],
  ])('never sees the data of another person, whatever the address says: %s %s', (slug, name) => {
    const [own, other] = [0, 1].map((place) => new DefinedClient(definitionOf(slug), place)) as [
      DefinedClient,
      DefinedClient,
    ];
    const resource = resourceOf(slug, name);
    const named = JSON.parse(
      JSON.stringify(resource).replaceAll('{userID}', own.person.userID),
    ) as typeof resource;
    expect(own.ask(named, week).status).toBe(200);
    const { status, json } = other.ask(named, week);
    expect(readPath(json, resource.itemsAt)).toBeUndefined();
    expect(judgeError(definitionOf(slug), 'data', { status, body: json })).toBe('no-data');
  });

  it('sees of an address that several kinds of data share what she has released', () => {
    const client = new DefinedClient(definitionOf('ultrahuman'), 2);
    const types = () =>
      client
        .items(resourceOf('ultrahuman', 'ring'), { from: week.from, to: week.from })
        .map((item) => readPath(item, 'type'));
    expect(types()).toContain('glucose');
    expect(types()).toContain('Sleep');
    client.scopes = ['cgm_data'];
    expect(types()).toEqual(['glucose']);
    client.scopes = ['ring_data'];
    expect(types()).not.toContain('glucose');
  });

  it('has released what is contained in a wider scope, or granted under another name, and nothing beside', () => {
    const statuses = (slug: string, name: string, scopes: readonly string[][]) =>
      scopes.map((granted) => {
        const client = new DefinedClient(definitionOf(slug), 2);
        client.scopes = granted;
        return client.ask(resourceOf(slug, name), week).status;
      });
    const strava = [['activity:read'], ['activity:read_all'], ['read_all'], ['read', 'profile:read_all']];
    // Strava says so with a 401.
    expect(statuses('strava', 'activities', strava)).toEqual([200, 200, 401, 401]);
    const oura = [['spo2'], ['spo2Daily'], ['daily'], []];
    expect(statuses('oura', 'daily_spo2', oura)).toEqual([200, 200, 403, 403]);
  });

  it('has to show the key of the application where the definition sends one', () => {
    const client = new DefinedClient(definitionOf('suunto'));
    const { headers: _, ...bare } = resourceOf('suunto', 'sleep');
    expect(client.ask(resourceOf('suunto', 'sleep'), week).status).toBe(200);
    expect(client.ask(bare, week).status).toBe(401);
  });

  it('shows her token where the definition wants it, and nowhere else', () => {
    const shown = (slug: string, name: string) => {
      const { url: template, method } = resourceOf(slug, name);
      const url = new URL(template.replace('{host}', 'open.coros.com').replace('{userID}', 'x'));
      url.searchParams.set('token', 'in-query');
      url.searchParams.set('access_token', 'in-query-too');
      const definition = definitionOf(slug);
      const headers = { authorization: 'Bearer in-header' };
      const call = { definition, method, url, headers, form: {}, body: new Uint8Array() };
      return readDataToken(call, createAddressPatterns(definition));
    };
    expect(shown('coros', 'workouts')).toBe('in-query');
    expect(shown('iHealth', 'bp')).toBe('in-query-too');
    expect(shown('oura', 'sleep')).toBe('in-header');
  });
});

describe('paging', () => {
  const whoop = new DefinedClient(definitionOf('whoop'), 2);
  const sleep = resourceOf('whoop', 'sleep');

  it('cuts pages down to the highest size, and refuses what is no size or no page', () => {
    const season = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 4, 1) };
    expect(listOf(sleep, whoop.ask(sleep, season, { limit: '500' }))).toHaveLength(25);
    expect(listOf(sleep, whoop.ask(sleep, season, { limit: '4' }))).toHaveLength(4);
    for (const limit of ['0', '-1', '2.5', 'all'])
      expect(whoop.ask(sleep, season, { limit }).status).toBe(400);
    const strava = new DefinedClient(definitionOf('strava'), 2);
    expect(strava.ask(resourceOf('strava', 'activities'), season, { page: '0' }).status).toBe(400);
  });

  it('refuses a token that it did not give, or gave for another time', () => {
    const token = String(readPath(whoop.ask(sleep, week, { limit: '2' }).json, 'next_token'));
    expect(whoop.ask(sleep, week, { limit: '2', nextToken: token }).status).toBe(200);
    const other = { from: week.from - 60_000, to: week.to };
    expect(whoop.ask(sleep, other, { limit: '2', nextToken: token }).status).toBe(400);
    for (const nextToken of ['x', `${token}x`, token.slice(3), 'MjA1NzguMC4wMDAwMDAwMDAwMDA'])
      expect(whoop.ask(sleep, week, { nextToken }).status).toBe(400);
  });

  it('leads on by links on the same host', () => {
    const client = new DefinedClient(definitionOf('fitbit'), 2);
    const links = client
      .pages(resourceOf('fitbit', 'sleep'), week, 3)
      .map(({ json }) => String(readPath(json, 'pagination.next')));
    expect(links.length).toBeGreaterThan(2);
    expect(links.at(-1)).toBe('');
    const address = /^https:\/\/api\.fitbit\.com\/1\.2\/user\/\w+\/sleep\/list\.json\?/;
    for (const link of links.slice(0, -1)) expect(link).toMatch(address);
  });
});

describe('what is new', () => {
  it('is found by the time of its change, where the vendor has such a cursor', () => {
    const client = new DefinedClient(definitionOf('withings'), 2);
    const weight = resourceOf('withings', 'weight');
    const all = client.items(weight, { from: Date.UTC(2026, 3, 1), to: now });
    const since = Number(readPath(all[4], 'modified'));
    const { from: _from, to: _to, changedSince, ...range } = weight.range!;
    const cursor = { ...weight, range: { ...range, from: changedSince! } satisfies TimeRange };
    expect(client.items(cursor, { from: since * 1000, to: now })).toEqual(all.slice(4));
    expect(client.items(cursor, { from: (since + 1) * 1000, to: now })).toEqual(all.slice(5));
  });

  it('is told of something that began before the cursor and ended after it', () => {
    const client = new DefinedClient(definitionOf('suunto'), 2);
    const workouts = resourceOf('suunto', 'workouts');
    const [workout] = client.items(workouts, month) as [{ startTime: number; stopTime: number }];
    expect(client.items(workouts, { from: workout.startTime + 60_000, to: now })[0]).toEqual(workout);
    expect(client.items(workouts, { from: workout.stopTime + 1, to: now })[0]).not.toEqual(workout);
  });

  it('is pending for an hour and final afterwards, where the vendor knows such a state', () => {
    const client = new DefinedClient(definitionOf('whoop'), 2);
    const sleep = resourceOf('whoop', 'sleep');
    const last = client.items(sleep, week).at(-1) as { end: string; id: string };
    client.now = Date.parse(last.end) - 1_000;
    expect(client.items(sleep, week)).not.toContainEqual(expect.objectContaining({ id: last.id }));
    client.now = Date.parse(last.end) + 1_000;
    const fresh = client.items(sleep, week).at(-1);
    expect(fresh).toMatchObject({ id: last.id, score_state: 'PENDING_SCORE' });
    expect(fresh).not.toHaveProperty('score');
    client.now = Date.parse(last.end) + 3_600_000;
    expect(client.items(sleep, week).at(-1)).toEqual(last);
  });

  it('is not older than the vendor keeps it', () => {
    const client = new DefinedClient(definitionOf('polar'), 2);
    const old = now - 375 * dayMs;
    const asked = { from: old, to: old + 20 * dayMs };
    expect(client.items(resourceOf('polar', 'activities'), asked)).toHaveLength(11);
  });
});

describe('history that is asked for once', () => {
  const ask = (name: string, days: number, scopes: readonly string[]) => {
    const client = new DefinedClient(definitionOf('garmin'), 2);
    client.scopes = scopes;
    const to = Math.floor(now / 1000);
    const url = new URL(`https://apis.garmin.com/wellness-api/rest/backfill/${name}`);
    url.searchParams.set('summaryStartTimeInSeconds', String(to - days * 86_400));
    url.searchParams.set('summaryEndTimeInSeconds', String(to));
    return client.get(url.href).status;
  };

  it('is taken, or refused without the permission, for too long a time, and for what has none', () => {
    const scopes = ['HEALTH_EXPORT', 'HISTORICAL_DATA_EXPORT'];
    expect(ask('dailies', 30, scopes)).toBe(202);
    expect(ask('dailies', 31, scopes)).toBe(400);
    expect(ask('dailies', 0, scopes)).toBe(400);
    expect(ask('dailies', 30, ['HEALTH_EXPORT'])).toBe(403);
    expect(ask('activityFiles', 30, scopes)).toBe(404);
    expect(ask('nothing', 30, scopes)).toBe(404);
  });
});

describe('any other address', () => {
  it.each([
    ['oura', 'GET', 'https://api.ouraring.com/oauth/token'],
    ['oura', 'GET', 'https://evil.example/v2/usercollection/sleep'],
    ['oura', 'GET', 'https://api.ouraring.com/v2/usercollection/sleep/x/y'],
    ['oura', 'GET', 'https://api.ouraring.com/v2/usercollection/sleep/%E0%A4%A'],
    ['oura', 'DELETE', 'https://api.ouraring.com/v2/usercollection/sleep'],
    ['withings', 'POST', 'https://wbsapi.withings.net/measure'],
    ['dexcom', 'GET', 'https://api.dexcom.example/v3/users/self/egvs'],
    ['epic', 'GET', 'https://fhir.example.org/api/FHIR/R4/metadata'],
    ['libreView', 'GET', 'https://api.libreview.io/anything'],
  ])('is none of data, and so is one with the wrong method: %s %s %s', (slug, method, url) => {
    const call = {
      definition: definitionOf(slug),
      method,
      url: new URL(url),
      headers: {},
      form: {},
      body: new Uint8Array(),
    };
    const reader = { person: listPeople(definitionOf('oura'))[0]!, scopes: [] };
    const patterns = createAddressPatterns(call.definition);
    expect(answerDataCall(call, reader, { clock: createFakeClock(now), patterns })).toBeUndefined();
  });

  it('of another region is one', () => {
    const client = new DefinedClient(definitionOf('dexcom'));
    expect(client.get('https://api.dexcom.jp/v3/users/self/egvs').status).toBe(200);
    expect(client.get('https://sandbox-api.dexcom.com/v3/users/self/egvs').status).toBe(200);
  });
});

describe('a month of glucose', () => {
  // Of this thread's own time: what else the machine does meanwhile does not count.
  it('is answered in less than 50 ms', () => {
    const client = new DefinedClient(definitionOf('dexcom'), 2);
    const times = Array.from({ length: 12 }, () => {
      const before = process.threadCpuUsage();
      const { json } = client.ask(resourceOf('dexcom', 'egvs'), {
        from: Date.UTC(2026, 3, 1),
        to: Date.UTC(2026, 4, 1),
      });
      expect(readPath(json, 'records.8639.value')).toBeTypeOf('number');
      const { user, system } = process.threadCpuUsage(before);
      return (user + system) / 1000;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });
});
