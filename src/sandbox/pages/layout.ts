import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxAnswer } from '../server/sandboxCall.ts';

const style = readFileSync(join(import.meta.dirname, 'assets/style.css'), 'utf8');

/** No script, nothing from elsewhere, in nobody's frame. Forms may lead away: that is what they are for. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${hash('sha256', style, 'base64')}'`,
  'img-src data:',
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
<link rel="icon" href="data:,">
<title>${escapeHtml(title)} (sandbox)</title>
<style>${style}</style>
</head>
<body>
<header class="banner">SANDBOX: an imitation for rehearsals. All people and data are invented.</header>
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
