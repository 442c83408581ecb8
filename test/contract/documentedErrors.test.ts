import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isConnectable, type ConnectableDefinition } from '../../src/definitions/connectable.ts';
import type { NamedDefinition } from '../../src/definitions/defineProvider.ts';
import { isFailure, judgeError } from '../../src/definitions/judgeError.ts';
import { readDefinitions } from '../../src/definitions/loadDefinitions.ts';
import { providersFolder } from '../../src/main/openCatalogue.ts';
import { readAnswer } from '../../src/oauth/calls/callProvider.ts';
import { findTokens } from '../../src/oauth/steps/readTokenAnswer.ts';
import { loadFolder } from '../../src/platform/loading/loadFolder.ts';
import type { DocumentedAnswer, DocumentedErrors } from '../builders/errorExpectations.ts';
import { answerWith } from '../builders/scriptedDoor.ts';

/**
 * Runs over every file of src/providers/ unasked: whoever adds one writes down what its vendor documents, or that it
 * documents nothing.
 */
const definitions = await readDefinitions(providersFolder);
const files = await loadFolder(join(import.meta.dirname, '../builders/errorExpectations'), 'documented');
const documented = new Map(files.map(({ name, value }) => [name, value as DocumentedErrors]));
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
      ...['humana', 'kaiser', 'nextGenOffice', 'omron', 'unitedHealthcare'],
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
      'smartOnFhir data: scope-missing as retry-later',
      'ultrahuman data: scope-missing as no-data',
    ]);
  });
});

describe.each([...definitions.values()])('a refusal of $slug', (definition) => {
  const rows = answers(definition.slug).flatMap((answer) =>
    [answer.status].flat().map((status) => [answer.at, status, answer.says, answer] as const),
  );
  if (rows.length === 0) it('is documented nowhere', () => expect(rows).toEqual([]));
  else
    it.each(rows)('means what is documented: %s %d: %s', (_at, status, _says, answer) => {
      expect(judge(definition, answer, status)).toBe(answer.means);
    });
});

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
  read: Parameters<typeof findTokens>[1],
): boolean {
  return (
    isConnectable(definition) &&
    (at === 'token' || at === 'refresh') &&
    findTokens(definition, read).outcome !== 'found'
  );
}

function isAccepted(definition: NamedDefinition, { at }: DocumentedAnswer, status: number): boolean {
  const { auth, delivery } = definition as ConnectableDefinition;
  if (at === 'connect') return auth.afterConnect?.some((call) => call.accepts?.includes(status)) ?? false;
  return at === 'data' && delivery?.by === 'push' && delivery.backfill?.alreadyAsked === status;
}
