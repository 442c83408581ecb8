import type { Scope } from '../../definitions/shape/auth.ts';
import type { Answer } from '../../platform/http/defineRoute.ts';
import { html } from './html.ts';
import { renderPage } from './page.ts';

/** What the start page names. */
export interface StartPage {
  readonly publicUrl: string;
  readonly provider: string;
  readonly study: string;
  readonly logoUrl: string;
  /** What will be asked for, in the words of the definition. */
  readonly scopes: readonly Scope[];
}

/** The page on which a participant agrees to go to the provider. Nothing happens before she clicks. */
export function renderStartPage(page: StartPage): Answer {
  const { publicUrl, provider, study, scopes } = page;
  const items = scopes.map(
    ({ label, ask }) =>
      html`<li>${label}${ask === 'required' ? html` <span class="needed">needed</span>` : undefined}</li>`,
  );
  return renderPage({
    publicUrl,
    title: `Connect ${provider} – ${study}`,
    script: 'start',
    body: html`<p class="study">${study}</p>
      <h1 id="title" tabindex="-1">
        <img src="${page.logoUrl}" alt="" width="48" height="48" /> Connect ${provider}
      </h1>
      <p id="wait" role="status">One moment …</p>
      <noscript
        ><p>
          This page needs JavaScript to make sure that it was opened for you. Switch it on and load the page
          again.
        </p></noscript
      >
      <div id="content" hidden>
        <p>${study} would like to receive from ${provider}:</p>
        <ul>
          ${items}
        </ul>
        <p>
          On the next page, ${provider} asks you to sign in and lets you choose what you share. ${study} never
          sees your password, and you can stop sharing at any time.
        </p>
        <p class="warning">
          <strong>Go on only if you started this yourself</strong> in ${study}. If somebody sent you here,
          close this page: your data would be connected to that person.
        </p>
        <p class="actions">
          <button id="continue" type="button">Continue to ${provider}</button>
          <button id="cancel" type="button" class="quiet">Cancel</button>
        </p>
      </div>
      <div id="problem" role="alert" hidden>
        <h2></h2>
        <p></p>
        <p class="actions" hidden><a class="button">Back to ${study}</a></p>
      </div>`,
  });
}
