import { Value } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { grantedBy, scopeList } from './participantScopes.ts';

describe('what a list of scopes allows', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [
      'those that are known, in one order',
      ['Participant:read', 'ExternalAccounts:read'],
      ['ExternalAccounts:read', 'DataCollectionSettings:read', 'Participant:read', 'Project:read'],
    ],
    ['no reading by connecting', ['ExternalAccounts:connect'], ['ExternalAccounts:connect']],
    ['connecting by its older name', ['ExternalAccounts:write'], ['ExternalAccounts:connect']],
    [
      'everything by api, whatever is beside it',
      ['SurveyAnswers:read', 'api'],
      [
        'ExternalAccounts:read',
        'ExternalAccounts:connect',
        'DataCollectionSettings:read',
        'Participant:read',
        'Participant:write',
        'Project:read',
        'Notifications:read',
        'SurveyTasks:read',
        'DeviceData:read',
      ],
    ],
    ['nothing by others', ['SurveyAnswers:read', 'externalaccounts:read', 'API', 'ExternalAccounts'], []],
    ['nothing by none', [], []],
  ])('is %s', (_, scopes, allowed) => {
    expect(grantedBy(scopes)).toEqual(allowed);
  });
});

describe('the list itself', () => {
  it('is read with any number of spaces, each scope once, in its order', () => {
    expect(Value.Decode(scopeList, '  b  a b ')).toEqual(['b', 'a']);
    expect(Value.Encode(scopeList, ['b', 'a'])).toBe('b a');
  });

  it.each(['', ' ', 'a"b', 'a\\b', 'a\tb', 'a\nb', 'ä', '\u007f', 'a'.repeat(4_097)])(
    'is refused: %j',
    (text) => {
      expect(Value.Check(scopeList, text)).toBe(false);
    },
  );

  it.each(['!', '~', '#[]^', 'a:b', 'a'.repeat(4_096)])('is accepted: %j', (text) => {
    expect(Value.Check(scopeList, text)).toBe(true);
  });
});
