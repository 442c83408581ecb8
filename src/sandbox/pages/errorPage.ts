import type { SandboxAnswer } from '../server/sandboxCall.ts';
import { escapeHtml, page } from './layout.ts';

/** For a person, where the client that sent her cannot be told. */
export function errorPage(provider: string, message: string): SandboxAnswer {
  const main = `<h1>${escapeHtml(provider)} cannot connect this application</h1>
<p>${escapeHtml(message)}</p>
<p class="note">You can close this window.</p>`;
  return page(provider, main, 400);
}
