import { groupScopes } from '../../definitions/dataGroups.ts';
import type { Scope } from '../../definitions/shape/auth.ts';
import { html, type Html } from './html.ts';

/** Scopes in a participant's words under their headings; `marked` says which of them are needed. */
export function renderScopes(scopes: readonly Scope[], marked?: 'marked'): Html {
  const groups = groupScopes(scopes).map(
    ({ title, items }) =>
      html`<li>
        <strong>${title}</strong>
        <ul>
          ${items.map(
            ({ label, needed }) =>
              html`<li>
                ${label}${needed && marked !== undefined ? html` <span class="needed">needed</span>` : undefined}
              </li>`,
          )}
        </ul>
      </li>`,
  );
  return html`<ul class="groups">
    ${groups}
  </ul>`;
}
