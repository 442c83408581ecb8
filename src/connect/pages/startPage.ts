import type { AskedSharing } from '../../definitions/sharing.ts';
import type { Answer } from '../../platform/http/defineRoute.ts';
import { html, type Html } from './html.ts';
import { renderPage } from './page.ts';
import { renderScopes } from './sharingList.ts';

/** What the start page names. */
export interface StartPage {
  readonly publicUrl: string;
  readonly provider: string;
  readonly study: string;
  readonly logoUrl: string;
  /** What will be asked for; undefined where nothing can be. */
  readonly sharing: AskedSharing | undefined;
}

/** The page on which a participant agrees to go to the provider. Nothing happens before she clicks. */
export function renderStartPage(page: StartPage): Answer {
  const { publicUrl, provider, study, sharing } = page;
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
        ${sharing === undefined ? undefined : renderAsked(page, sharing)}
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
        <p class="actions" hidden>
          <a class="button">Back to ${study}</a>
          <button type="button" class="quiet"></button>
        </p>
      </div>`,
  });
}

/** What the study asks for, what it needs, and what the provider offers although nobody asks. */
function renderAsked({ provider, study }: StartPage, { asked, added }: AskedSharing): Html {
  const needsSome = asked.some(({ ask }) => ask === 'required');
  return html`<h2>What ${study} asks for</h2>
    <p>It would like to receive from ${provider}:</p>
    <div id="asked">${renderScopes(asked, 'marked')}</div>
    ${
      needsSome
        ? html`<p>
            Without what is marked as <span class="needed">needed</span>, ${provider} cannot be connected. All
            else is for you to choose.
          </p>`
        : undefined
    }
    ${
      added.length === 0
        ? undefined
        : html`<h2>What ${provider} adds</h2>
            <p>
              ${provider} may offer more on its page, and may have switched it on. ${study} does not ask for
              it and does not fetch it, whatever you choose there:
            </p>
            <div id="added">${renderScopes(added)}</div>`
    }
    <h2>What happens next</h2>`;
}
