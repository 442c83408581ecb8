import type { PlayedProvider } from '../played/playedProvider.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import { escapeHtml, page } from './layout.ts';

/** Who is played here, for somebody who opens the sandbox's address. */
export function overviewPage(providers: readonly PlayedProvider[]): SandboxAnswer {
  const rows = providers.map(
    ({ slug, definition, people }) =>
      `<tr><td>${escapeHtml(definition.name)}</td><td><code>${escapeHtml(slug)}</code></td><td>${people.length}</td></tr>`,
  );
  return page(
    'Sandbox',
    `<h1>Sandbox providers</h1>
<p>A request for <code>https://HOST/path</code> of a provider is answered at <code>/NAME/HOST/path</code>.
Its behaviour is changed at <code>/control</code>.</p>
<table>
<thead><tr><th>Provider</th><th>Name</th><th>People</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`,
  );
}
