/** Why a text cannot be a redirect target. */
export type TargetRefusal = 'no-target' | 'path' | 'not-https' | 'not-ascii' | 'scheme-of-no-app';

/** A text as the redirect target that it is, or why it is none. */
export type ParsedTarget =
  | { readonly outcome: 'parsed'; readonly target: string }
  | { readonly outcome: 'refused'; readonly reason: TargetRefusal };

/**
 * One place to which participants may be sent back: an origin (`https://study.example.org`, with its port where it is
 * not the usual one), or the scheme of an app (`myapp:`, RFC 8252 section 7.1). In lower case, in the one spelling in
 * which a browser writes it.
 *
 * Without encryption only this machine: `localhost`, `127.0.0.1` and `[::1]`. No patterns, no paths: an origin is what
 * browsers tell apart.
 */
export function parseRedirectTarget(text: string): ParsedTarget {
  if (!/^[!-~]{1,300}$/.test(text)) return refuse(/^[\0-\x7f]*$/.test(text) ? 'no-target' : 'not-ascii');
  const written = text.toLowerCase();
  if (/^https?:/.test(written)) return parseOrigin(written);
  const scheme = /^[a-z][a-z0-9+.-]+:/.exec(written)?.[0];
  if (scheme === undefined) return refuse('no-target');
  if (schemesOfNoApp.test(scheme)) return refuse('scheme-of-no-app');
  return scheme === written ? { outcome: 'parsed', target: scheme } : refuse('path');
}

function parseOrigin(written: string): ParsedTarget {
  const [, origin, rest] = /^(https?:\/\/[^/?#]+)(.*)$/.exec(written) ?? [];
  if (origin === undefined) return refuse('no-target');
  if (rest !== '') return refuse('path');
  const target = withoutUsualPort(origin);
  const url = URL.parse(target);
  // What a browser spells otherwise would never be found again: `https://0x7f.1`, `https://a%62c.org`.
  if (url?.origin !== target || !hostForm.test(url.hostname)) return refuse('no-target');
  if (url.protocol === 'http:' && !thisMachine.includes(url.hostname)) return refuse('not-https');
  return { outcome: 'parsed', target };
}

/** An origin as browsers write it: they leave out the port that the scheme has by itself. */
export function withoutUsualPort(origin: string): string {
  return origin.replace(/^(https:.*):443$/, '$1').replace(/^(http:.*):80$/, '$1');
}

/** Names without a dot at the end (which would be another origin), patterns or user names; addresses. */
const hostForm = /^([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/;
const thisMachine = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Schemes that run what follows them, show it as a page, read it from this machine, or belong to browsers and to
 * programs that every machine has: none of a study's apps answers to them.
 */
const schemesOfNoApp = new RegExp(
  `^(${[
    'https?|wss?|ftps?|file|blob|data|about|filesystem|view-source|urn|cid|mid',
    'javascript|vbscript|livescript|mocha|jscript',
    'chrome.*|moz-.*|.*-extension|extension|edge|brave|opera|vivaldi|devtools|resource|jar|wyciwyg|mhtml|mk|res',
    'intent|android-app|content|market|itms.*|x-apple.*|x-web-search|googlechromes?|firefox|microsoft-edge.*',
    'ms-.*|search-ms|search|shell|hcp|help|vnd\\.ms\\..*|view-in.*',
    'mailto|tel|telprompt|sms|smsto|mms|facetime.*|callto|skype|sips?|xmpp|ircs?|geo|maps|webcal|news|nntp|feed',
    'ssh|sftp|telnet|rlogin|tn3270|smb|afp|nfs|ldaps?|vnc|rdp|gopher|git|svn|dav|magnet',
  ].join('|')}):$`,
);

function refuse(reason: TargetRefusal): ParsedTarget {
  return { outcome: 'refused', reason };
}
