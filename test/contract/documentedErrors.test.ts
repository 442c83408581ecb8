import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isConnectable, type ConnectableDefinition } from '../../src/definitions/connectable.ts';
import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import type { Verdict } from '../../src/definitions/shape/errors.ts';
import { isFailure, judgeError } from '../../src/definitions/judgeError.ts';
import { readDefinitions } from '../../src/definitions/loadDefinitions.ts';
import { providersFolder } from '../../src/main/openCatalogue.ts';
import { readAnswer } from '../../src/oauth/calls/callProvider.ts';
import { findTokens } from '../../src/oauth/steps/readTokenAnswer.ts';
import { readPath } from '../../src/definitions/readPath.ts';
import { loadFolder } from '../../src/platform/loading/loadFolder.ts';
import { buildFailure } from '../../src/sandbox/played/buildFailure.ts';
import type { Quirk } from '../../src/sandbox/played/quirk.ts';
import type { SandboxAnswer } from '../../src/sandbox/server/sandboxCall.ts';
import { anyText, type DocumentedAnswer, type DocumentedErrors } from '../builders/documentedRefusal.ts';
import { answerWith } from '../builders/scriptedDoor.ts';

/**
 * Runs over every file of src/providers/ unasked: whoever adds one writes down what its vendor documents, or that it
 * documents nothing.
 */
const definitions = await readDefinitions(providersFolder);
const files = await loadFolder(join(import.meta.dirname, '../documented/refusals'), 'documented');
const documented = new Map(files.map(({ name, value }) => [name, value as DocumentedErrors]));
const quirkFiles = await loadFolder(join(import.meta.dirname, '../../src/sandbox/quirks'), 'quirk');
const quirks = new Map(quirkFiles.map(({ name, value }) => [name, value as Quirk]));
const answers = (slug: string): readonly DocumentedAnswer[] => {
  const found = documented.get(slug);
  return found === undefined || 'nothing' in found ? [] : found;
};

describe('the documented refusals', () => {
  it('are there for every definition, or it is said that there are none', () => {
    expect([...documented.keys()].sort()).toEqual([...definitions.keys()].sort());
    for (const [slug, found] of documented)
      expect('nothing' in found ? found.nothing : found.length, slug).toBeTruthy();
  });

  it('are missing for these vendors and no others', () => {
    const silent = [...documented].filter(([, found]) => 'nothing' in found).map(([slug]) => slug);
    const never = silent.filter((slug) => !isConnectable(definitions.get(slug)!));
    expect(never.sort()).toEqual(['blueButton1', 'googleFit', 'libreView']);
    expect(silent.filter((slug) => !never.includes(slug)).sort()).toEqual([
      'humana',
      'kaiser',
      'nextGenOffice',
      'omron',
      'unitedHealthcare',
    ]);
  });

  it('hide behind another meaning in these cases and no others', () => {
    const hidden = [...documented.keys()].flatMap((slug) =>
      answers(slug).flatMap(({ at, means, hides }) =>
        hides === undefined ? [] : [`${slug} ${at}: ${hides} as ${means}`],
      ),
    );
    expect(hidden.sort()).toEqual([
      'aetna data: operator-alarm as scope-missing',
      'aetna data: operator-alarm as unauthorized',
      'blueButton2 data: unauthorized as failed',
      'cigna data: no-data as retry-later',
      'googleHealth data: consent-missing as scope-missing',
      'oracleHealth data: operator-alarm as scope-missing',
      'oura data: scope-missing as subscription-lapsed',
      'patientAccess data: failed as scope-missing',
      'smartOnFhir data: scope-missing as retry-later',
      'ultrahuman data: scope-missing as no-data',
    ]);
  });
});

/** Those without any are named above. */
const withRefusals = [...definitions.values()].filter(({ slug }) => answers(slug).length > 0);

describe.each(withRefusals)('a refusal of $slug', (definition) => {
  const rows = answers(definition.slug).flatMap((answer) =>
    [answer.status].flat().map((status) => [answer.at, status, answer.says, answer] as const),
  );
  it.each(rows)('means what is documented: %s %d: %s', (_at, status, _says, answer) => {
    expect(judge(definition, answer, status)).toBe(answer.means);
  });
});

describe('the sandbox', () => {
  const played = [...definitions.values()].filter(isConnectable).flatMap((definition) => {
    const said = answers(definition.slug).filter((one) => isFinal(definition, one));
    return [...new Set(said.map(({ at, means }) => `${at} ${means}`))].map((key) => {
      const forms = said.filter(({ at, means }) => `${at} ${means}` === key);
      return [definition.slug, key, definition, forms as [DocumentedAnswer, ...DocumentedAnswer[]]] as const;
    });
  });

  it.each(played)('says as %s does: %s', (slug, _key, definition, forms) => {
    const [{ at, means }] = forms;
    const answer = buildFailure({ definition, quirk: quirks.get(slug) ?? {} }, at, means as Verdict);
    const differences = forms.map((form) => findDifferences(answer, form));
    expect(differences, JSON.stringify(answer)).toContainEqual([]);
  });
});

/** Whether it means the same however often it comes, and is not only like what it means. */
function isFinal(definition: NamedDefinition, answer: DocumentedAnswer): boolean {
  if (answer.means === 'done' || answer.hides !== undefined) return false;
  const [status = 0] = [answer.status].flat();
  return judge(definition, { ...answer, timesInARow: 100 }, status) === answer.means;
}

/**
 * What a played answer has that the documented form has not or has otherwise, and the other way round. What no source
 * shows, header or body, fits all; a description may always stand beside the code.
 */
function findDifferences(
  played: SandboxAnswer,
  { status, headers, body }: DocumentedAnswer,
): readonly string[] {
  const challenge = readChallenge(headers);
  const form = typeof body === 'string' ? {} : body;
  const said = played.json ?? {};
  return [
    ...([status].flat().includes(played.status) ? [] : [`status ${played.status}`]),
    ...(challenge === undefined || challenge === readChallenge(played.headers) ? [] : ['www-authenticate']),
    ...(body === undefined
      ? []
      : leaves(said).filter(([path, value]) => !fits(path, value, readPath(form, path)))),
    ...(body === undefined
      ? []
      : leaves(form).filter(([path, value]) => !fits(path, readPath(said, path), value))),
  ].map(String);
}

function readChallenge(headers: SandboxAnswer['headers']): string | undefined {
  return /error="(\w+)"/.exec(headers?.['www-authenticate'] ?? '')?.[1];
}

function fits(path: string, said: unknown, form: unknown): boolean {
  return said === form || form === anyText || path === 'error_description';
}

function leaves(value: unknown, path = ''): readonly (readonly [path: string, value: unknown])[] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([name, part]) =>
    leaves(part, path === '' ? name : `${path}.${name}`),
  );
}

/** As the steps that make such a call judge its answer. */
function judge(definition: NamedDefinition, answer: DocumentedAnswer, status: number): string {
  const { at, body = '', headers, timesInARow = 1 } = answer;
  if (answer.means === 'done') return isAccepted(definition, answer, status) ? 'done' : 'not accepted';
  const received = answerWith(status, body, headers);
  if (received.outcome !== 'answered') throw new Error('it answers');
  const read = { ...readAnswer(received), timesInARow };
  if (!isFailure(definition, at, read) && !isRefusedByContent(definition, at, read)) return 'no failure';
  return judgeError(definition, at, read);
}

/** Answers with tokens have a condition of their own. COROS. */
function isRefusedByContent(
  definition: NamedDefinition,
  at: DocumentedAnswer['at'],
  read: Parameters<typeof findTokens>[2],
): boolean {
  return (
    isConnectable(definition) &&
    (at === 'token' || at === 'refresh') &&
    findTokens(definition, at, read).outcome !== 'found'
  );
}

function isAccepted(definition: NamedDefinition, { at }: DocumentedAnswer, status: number): boolean {
  const { auth, delivery } = definition as ConnectableDefinition;
  if (at === 'connect') return auth.afterConnect?.some((call) => call.accepts?.includes(status)) ?? false;
  return at === 'data' && delivery?.by === 'push' && delivery.backfill?.alreadyAsked === status;
}
