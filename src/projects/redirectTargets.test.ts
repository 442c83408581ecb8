import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRedirectTarget } from './redirects/parseRedirectTarget.ts';
import { fillRedirect, judgeRedirect } from './redirectTargets.ts';

const origin = 'https://study.example.org';
const targets = [
  origin,
  'https://staging.example.org:8443',
  'http://localhost:3000',
  'http://[::1]',
  'myapp:',
];
const judge = (path: string) => {
  const verdict = judgeRedirect(targets, path);
  return verdict.outcome === 'allowed' ? (verdict.origin ?? 'app') : verdict.reason;
};

describe('where a participant is sent back to', () => {
  it.each([
    [origin, origin],
    [`${origin}/`, origin],
    [`${origin}/page?connectExternalAccount=true&messageID=3&success=%SUCCESSVALUE%`, origin],
    [`${origin}?success=%SUCCESSVALUE%`, origin],
    [`${origin}/%SUCCESSVALUE%/x#%SUCCESSVALUE%`, origin],
    [`${origin}/a%20b/%E2%82%AC|^{}'\`?next=https://evil.example/@x`, origin],
    [`${origin}//evil.example`, origin],
    ['HTTPS://Study.Example.ORG/Page', origin],
    [`${origin}:443/page`, origin],
    ['https://staging.example.org:8443/', 'https://staging.example.org:8443'],
    ['http://localhost:3000/a', 'http://localhost:3000'],
    ['http://[::1]:80/a', 'http://[::1]'],
    ['myapp://connected?success=%SUCCESSVALUE%', 'app'],
    ['MyApp:connected', 'app'],
    ['myapp:///connected/%SUCCESSVALUE%', 'app'],
    ['myapp:', 'app'],
  ])('can be %s', (path, allowed) => {
    expect(judge(path)).toBe(allowed);
  });

  it.each([
    ['', 'not-absolute'],
    ['/page', 'not-absolute'],
    ['page', 'not-absolute'],
    ['//evil.example', 'not-absolute'],
    ['//study.example.org', 'not-absolute'],
    ['?https://study.example.org', 'not-absolute'],
    ['%SUCCESSVALUE%', 'not-absolute'],
    ['%SUCCESSVALUE%://study.example.org', 'not-absolute'],
    ['my%SUCCESSVALUE%app://x', 'not-absolute'],
    ['https:evil.example', 'malformed'],
    ['https:/study.example.org', 'malformed'],
    ['https:///study.example.org', 'malformed'],
    ['https://', 'malformed'],
    ['https://study.example.org@evil.example', 'malformed'],
    ['https://study.example.org:x@evil.example', 'malformed'],
    ['https://someone@study.example.org', 'malformed'],
    ['https://%SUCCESSVALUE%.example.org', 'malformed'],
    ['https://study.example.org%SUCCESSVALUE%', 'malformed'],
    ['https://study.example.org:%SUCCESSVALUE%', 'malformed'],
    ['https://study%2eexample.org', 'malformed'],
    ['https://study.example.org\\@evil.example', 'malformed'],
    ['https:\\\\study.example.org', 'malformed'],
    ['https://study.example.org/a\\b', 'malformed'],
    ['https://study.example.org\n.evil.example', 'malformed'],
    ['https://study.example\t.org', 'malformed'],
    ['\thttps://study.example.org', 'malformed'],
    [' https://study.example.org', 'malformed'],
    ['https://study.example.org ', 'malformed'],
    ['https://study.example.org/\r\nLocation: https://evil.example', 'malformed'],
    ['https://study.example.org/\0', 'malformed'],
    ['https://study.example.org/\x7f', 'malformed'],
    ['https://study.example.org/"><script>', 'malformed'],
    ['https://studу.example.org', 'malformed'],
    ['https://study。example。org', 'malformed'],
    ['https://study.example.org/ü', 'malformed'],
    ['myapp://%SUCCESSVALUE%', 'malformed'],
    ['myapp://user@x', 'malformed'],
    ['myapp://[', 'malformed'],
    ['myapp://host:port', 'malformed'],
    [`${origin}/${'x'.repeat(4000 - origin.length)}`, 'malformed'],
    ['https://study.example.org.evil.example', 'not-allowed'],
    ['https://study.example.org.', 'not-allowed'],
    ['https://study.example.orgevil.example', 'not-allowed'],
    ['https://evil-study.example.org', 'not-allowed'],
    ['https://evil.example/study.example.org', 'not-allowed'],
    ['https://evil.example?https://study.example.org', 'not-allowed'],
    ['https://evil.example#https://study.example.org', 'not-allowed'],
    ['https://xn--stud-o5d.example.org', 'not-allowed'],
    ['https://study.example.org:8443', 'not-allowed'],
    ['https://study.example.org:80', 'not-allowed'],
    ['https://study.example.org:', 'not-allowed'],
    ['https://staging.example.org', 'not-allowed'],
    ['http://study.example.org', 'not-allowed'],
    ['http://localhost', 'not-allowed'],
    ['http://[0:0:0:0:0:0:0:1]', 'not-allowed'],
    ['otherapp://connected', 'not-allowed'],
    ['myapp2:x', 'not-allowed'],
    ['javascript:alert(1)', 'not-allowed'],
    ['JavaScript://study.example.org/%0aalert(1)', 'not-allowed'],
    ['data:text/html,x', 'not-allowed'],
    ['file:///etc/passwd', 'not-allowed'],
    ['blob:https://study.example.org/x', 'not-allowed'],
    ['wss://study.example.org', 'not-allowed'],
  ])('cannot be %j', (path, reason) => {
    expect(judge(path)).toBe(reason);
  });

  it('is as long as 4,000 characters, and nowhere while the study names nothing', () => {
    expect(judge(`${origin}/${'x'.repeat(4000 - origin.length - 1)}`)).toBe(origin);
    expect(judgeRedirect([], `${origin}/`)).toEqual({ outcome: 'refused', reason: 'not-allowed' });
  });

  it('is told how it ended, wherever the placeholder is', () => {
    expect(fillRedirect(`${origin}/%SUCCESSVALUE%?s=%SUCCESSVALUE%`, true)).toBe(`${origin}/true?s=true`);
    expect(fillRedirect('myapp:done?%SUCCESSVALUE%', false)).toBe('myapp:done?false');
    expect(fillRedirect(`${origin}/%successvalue%`, false)).toBe(`${origin}/%successvalue%`);
  });

  /** Pieces that parsers of addresses disagree about, around the targets. */
  const pieces = fc.constantFrom(
    ...[
      'https:',
      'HTTPS:',
      'http:',
      'myapp:',
      'javascript:',
      'study.example.org',
      'evil.example',
      'localhost',
    ],
    ...[
      '[::1]',
      ':3000',
      ':443',
      ':80',
      ':',
      '/',
      '//',
      '\\',
      '@',
      '?',
      '#',
      '.',
      '%',
      '%2e',
      '%40',
      '%2f',
      '%5c',
    ],
    ...[
      '%SUCCESSVALUE%',
      '%SUCCESS',
      'VALUE%',
      '\t',
      '\n',
      '\r',
      ' ',
      '\0',
      '。',
      '／',
      '\u202e',
      'ß',
      'true',
      '-',
    ],
  );
  const hostile = fc.oneof(
    fc
      .array(fc.oneof(pieces, fc.string({ maxLength: 3, unit: 'binary' })), { maxLength: 9 })
      .map((all) => all.join('')),
    fc
      .tuple(
        fc.constantFrom(...targets, ...targets.map((target) => target.toUpperCase())),
        fc.array(fc.oneof(pieces, fc.string({ maxLength: 3 })), { maxLength: 6 }),
      )
      .map(([target, rest]) => target + rest.join('')),
  );

  it('leads to a target in whichever way it ended, as a browser reads it, from any page', () => {
    let allowed = 0;
    fc.assert(
      fc.property(hostile, (path) => {
        const verdict = judgeRedirect(targets, path);
        if (verdict.outcome === 'refused') return;
        allowed++;
        for (const connected of [true, false]) {
          const filled = fillRedirect(path, connected);
          const url = new URL(filled, 'https://tributary.example/connect');
          expect(targets).toContain(verdict.origin ?? url.protocol);
          if (verdict.origin === undefined) expect(url.protocol).toBe('myapp:');
          else expect(url.origin).toBe(verdict.origin);
          expect(url.username + url.password).toBe('');
          // Whoever takes it apart as RFC 3986 (appendix B) says finds the same host.
          const [, scheme, authority] = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?/.exec(filled) ?? [];
          expect(`${scheme}:`.toLowerCase()).toBe(url.protocol);
          if (verdict.origin !== undefined)
            expect(new URL(`${scheme}://${authority}`).origin).toBe(verdict.origin);
        }
      }),
      { numRuns: 20_000 },
    );
    // A property of nothing would always hold.
    expect(allowed).toBeGreaterThan(500);
  });
});

describe('a redirect target', () => {
  it.each([
    ['https://study.example.org', 'https://study.example.org'],
    ['HTTPS://Study.Example.org:443', 'https://study.example.org'],
    ['https://study.example.org:8443', 'https://study.example.org:8443'],
    ['https://xn--stdie-kva.example', 'https://xn--stdie-kva.example'],
    ['https://192.0.2.7', 'https://192.0.2.7'],
    ['https://[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
    ['http://localhost:3000', 'http://localhost:3000'],
    ['http://127.0.0.1:80', 'http://127.0.0.1'],
    ['http://[::1]:5173', 'http://[::1]:5173'],
    ['myapp:', 'myapp:'],
    ['MyApp:', 'myapp:'],
    ['org.example.study-app+1:', 'org.example.study-app+1:'],
  ])('can be %s', (text, target) => {
    expect(parseRedirectTarget(text)).toEqual({ outcome: 'parsed', target });
    expect(parseRedirectTarget(target)).toEqual({ outcome: 'parsed', target });
  });

  it.each([
    ['', 'no-target'],
    ['study.example.org', 'no-target'],
    ['//study.example.org', 'no-target'],
    ['https:', 'no-target'],
    ['https:study.example.org', 'no-target'],
    ['https://', 'no-target'],
    ['https://*.example.org', 'no-target'],
    ['https://study.example.org.', 'no-target'],
    ['https://someone@study.example.org', 'no-target'],
    ['https://study.example.org:', 'no-target'],
    ['https://study.example.org:0443', 'no-target'],
    ['https://study.example.org:99999', 'no-target'],
    ['https://0x7f.1', 'no-target'],
    ['https://2130706433', 'no-target'],
    ['https://[0:0::1]', 'no-target'],
    ['https://study%2eexample.org', 'no-target'],
    ['https://study\\example.org', 'no-target'],
    ['https://study.example.org ', 'no-target'],
    ['https://study.example.org\n', 'no-target'],
    [`https://${'x'.repeat(300)}`, 'no-target'],
    ['m:', 'no-target'],
    ['1app:', 'no-target'],
    ['my_app:', 'no-target'],
    ['my%app:', 'no-target'],
    ['null', 'no-target'],
    ['https://study.example.org/', 'path'],
    ['https://study.example.org/page', 'path'],
    ['https://study.example.org?x', 'path'],
    ['https://study.example.org#x', 'path'],
    ['myapp://', 'path'],
    ['myapp:done', 'path'],
    ['localhost:3000', 'path'],
    ['http://study.example.org', 'not-https'],
    ['http://127.0.0.2', 'not-https'],
    ['http://localhost.example.org', 'not-https'],
    ['https://stüdie.example', 'not-ascii'],
    ['https://studу.example.org', 'not-ascii'],
  ])('cannot be %j', (text, reason) => {
    expect(parseRedirectTarget(text)).toEqual({ outcome: 'refused', reason });
  });

  it.each(
    [
      ['javascript:', 'JAVASCRIPT:', 'vbscript:', 'data:', 'file:', 'blob:', 'about:', 'ws:', 'wss:', 'ftp:'],
      [
        'mailto:',
        'tel:',
        'sms:',
        'view-source:',
        'filesystem:',
        'chrome:',
        'chrome-extension:',
        'moz-extension:',
      ],
      [
        'intent:',
        'android-app:',
        'ms-msdt:',
        'search-ms:',
        'itms-services:',
        'ssh:',
        'smb:',
        'javascript:alert(1)',
      ],
    ].flat(),
  )('cannot be %s, which belongs to no app of a study', (text) => {
    expect(parseRedirectTarget(text)).toEqual({ outcome: 'refused', reason: 'scheme-of-no-app' });
  });
});
