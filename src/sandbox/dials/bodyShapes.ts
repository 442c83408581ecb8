import type { bodyShapes } from './fault.ts';

/** Bodies for which a client needs its eyes open. All are what some server has really sent, or a cheap attack. */
export function bodyOf(shape: (typeof bodyShapes)[number]): { readonly type: string; readonly text: string } {
  const json = (text: string) => ({ type: 'application/json', text });
  switch (shape) {
    case 'oauth-error':
      return json('{"error":"invalid_grant","error_description":"Said with status 200."}');
    case 'github-error':
      return json('{"error":"bad_refresh_token","error_uri":"https://vendor.example/errors"}');
    case 'body-status-401':
      return json('{"status":401,"body":{},"error":"Invalid token"}');
    case 'body-status-601':
      return json('{"status":601,"body":{},"error":"Too Many Requests"}');
    case 'ok-false':
      return json('{"ok":false,"error":"token_revoked"}');
    case 'html':
      return { type: 'text/html', text: maintenancePage };
    case 'empty':
      return json('');
    case 'empty-object':
      return json('{}');
    case 'null':
      return json('null');
    case 'array':
      return json('[]');
    case 'text':
      return { type: 'text/plain', text: 'OK' };
    case 'byte-order-mark':
      return json('\uFEFF{"error":"server_error"}');
    case 'malformed':
      return json('{"access_token": oops}');
    case 'cut-off':
      return json('{"access_token":"abc","expires_in":36');
    case 'duplicate-keys':
      return json('{"error":"invalid_grant","error":null,"access_token":"a","access_token":""}');
    case 'prototype':
      return json('{"__proto__":{"access_token":"polluted"},"constructor":{"prototype":{"polluted":true}}}');
    case 'deep':
      return json(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
    case 'wide':
      return json(`{${Array.from({ length: 100_000 }, (_, index) => `"k${index}":0`).join(',')}}`);
  }
}

export const maintenancePage =
  '<!doctype html><html><head><title>Maintenance</title></head><body><h1>We will be back soon</h1></body></html>';
