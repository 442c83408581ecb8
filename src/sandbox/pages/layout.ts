import { hash } from 'node:crypto';
import type { SandboxAnswer } from '../server/sandboxCall.ts';

const style = `
:root { color-scheme: light dark; --edge: color-mix(in srgb, currentColor 25%, transparent); }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; }
.banner { background: #7a4b00; color: #fff; padding: .5rem 1rem; text-align: center; font-weight: 600; }
main { max-width: 34rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; margin: 0 0 1rem; }
fieldset { border: 1px solid var(--edge); border-radius: .5rem; margin: 0 0 1.25rem; padding: .75rem 1rem; }
legend { font-weight: 600; padding: 0 .35rem; }
label { display: flex; gap: .6rem; align-items: baseline; padding: .3rem 0; }
li { padding: .15rem 0; }
.note { opacity: .75; font-size: .875rem; }
.decision { display: flex; gap: .75rem; }
button { font: inherit; padding: .6rem 1.4rem; border-radius: .5rem; border: 1px solid #1756a9; cursor: pointer; }
button.main { background: #1756a9; color: #fff; }
:focus-visible { outline: 3px solid #e08a00; outline-offset: 2px; }
code { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid var(--edge); padding: .3rem .5rem; text-align: left; }
`;

/** No script, nothing from elsewhere, in nobody's frame. Forms may lead away: that is what they are for. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** A whole page of the sandbox around this HTML. */
export function page(title: string, main: string, status = 200): SandboxAnswer {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
    text: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} (sandbox)</title>
<style>${style}</style>
</head>
<body>
<div class="banner" role="note">SANDBOX: an imitation for rehearsals. All people and data are invented.</div>
<main>
${main}
</main>
</body>
</html>
`,
  };
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
