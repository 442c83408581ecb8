import type { Answer } from '../../platform/http/defineRoute.ts';
import { html, type Html } from './html.ts';

/** One page of ours, as {@link renderPage} takes it. */
export interface ConnectPage {
  readonly publicUrl: string;
  /** Default: 200. */
  readonly status?: number;
  readonly title: string;
  readonly body: Html;
  /** Name of a script of ours. */
  readonly script?: 'start' | 'end' | 'fragment' | undefined;
  /** Loads itself again after this many seconds. */
  readonly refreshS?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What a page of ours may do: run our own files, talk to us, and nothing else (OWASP ASVS 5.0, V3.4). It is in no frame.
 *
 * Deliberately without `Cross-Origin-Opener-Policy: same-origin`: a client that opened it in a window of its own has to
 * hear of the end from the page that this window returns to.
 */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

/** The answer that shows a page of ours, with our looks and all that keeps it apart from other pages. */
export function renderPage({ publicUrl, status = 200, title, body, ...page }: ConnectPage): Answer {
  const script =
    page.script === undefined
      ? undefined
      : html`<script src="${publicUrl}/connect/${page.script}.js" type="module"></script>`;
  const refresh =
    page.refreshS === undefined ? undefined : html`<meta http-equiv="refresh" content="${page.refreshS}" />`;
  const { text } = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        ${refresh}
        <title>${title}</title>
        <link rel="icon" href="${publicUrl}/connect/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="${publicUrl}/connect/style.css" />
        ${script}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `;
  return {
    status,
    contentType: 'text/html; charset=utf-8',
    headers: {
      'content-security-policy': policy,
      'x-frame-options': 'DENY',
      ...page.headers,
    },
    body: text,
  };
}
