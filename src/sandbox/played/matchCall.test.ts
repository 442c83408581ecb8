import { describe, expect, it } from 'vitest';
import { matchCall, type CallTemplate } from './matchCall.ts';
import type { ReceivedCall } from '../server/receiveCall.ts';

function call(method: string, url: string, more: Partial<ReceivedCall> = {}): ReceivedCall {
  const fields = new URLSearchParams(more.form);
  return { method, url: new URL(url), headers: {}, form: {}, fields, ...more } as ReceivedCall;
}

const values = { host: 'api.example.org', clientID: 'study' };
const match = (template: CallTemplate, received: ReceivedCall) => matchCall(template, received, values);

describe('a call is told from others', () => {
  const template = { method: 'DELETE', url: 'https://{host}/users/{userID}' };

  it('by method and address, with what is known put in and what is not read out', () => {
    expect(match(template, call('DELETE', 'https://api.example.org/users/a%20b'))).toEqual({
      variables: { userID: 'a b' },
      wrong: [],
    });
    for (const [method, url] of [
      ['GET', 'https://api.example.org/users/7'],
      ['DELETE', 'https://other.example.org/users/7'],
      ['DELETE', 'https://api.example.org:8443/users/7'],
      ['DELETE', 'https://api.example.org/users/7/'],
      ['DELETE', 'https://api.example.org/users/7/8'],
      ['DELETE', 'https://api.example.org/users/'],
      ['DELETE', 'https://apiXexample.org/users/7'],
    ] as const)
      expect(match(template, call(method, url))).toBeUndefined();
  });

  it('by the fields that the definition writes out', () => {
    const revoke = {
      method: 'POST',
      url: 'https://{host}/o',
      form: { action: 'revoke', userid: '{userID}' },
    };
    const ask = (form: Record<string, string>) =>
      match(revoke, call('POST', 'https://api.example.org/o', { form }));
    expect(ask({ action: 'revoke', userid: '7' })).toEqual({ variables: { userID: '7' }, wrong: [] });
    expect(ask({ action: 'revoke' })).toEqual({ variables: {}, wrong: ['userid'] });
    expect(ask({ action: 'other', userid: '7' })).toBeUndefined();
  });
});

it('says what is wrong with the query, headers and JSON of the right call', () => {
  const template = {
    method: 'POST',
    url: 'https://{host}/s?client_id={clientID}',
    headers: { 'X-Client-ID': '{clientID}' },
    json: { target: '{webhookUrl}', kinds: ['sleep', { all: true }] },
  };
  const good = {
    headers: { 'x-client-id': 'study' },
    json: { target: 'http://x/y', kinds: ['sleep', { all: true }], more: 1 },
  };
  const url = 'https://api.example.org/s?client_id=study';
  expect(match(template, call('POST', url, good))).toEqual({
    variables: { webhookUrl: 'http://x/y' },
    wrong: [],
  });
  const bad = { headers: { 'x-client-id': 'other' }, json: { kinds: ['steps', { all: false }] } };
  expect(match(template, call('POST', 'https://api.example.org/s?client_id=other', bad))).toEqual({
    variables: {},
    wrong: ['client_id', 'X-Client-ID', 'target', 'kinds.0', 'kinds.1.all'],
  });
});
