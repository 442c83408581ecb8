import type { Answer } from '../../platform/http/defineRoute.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { isAsAsked, type DecidedSharing } from '../../definitions/sharing.ts';
import { endings, mayTryAgain, strangerEndings, type JourneyOutcome } from '../journey/outcomes.ts';
import { finalAddress, resultAddress } from '../steps/endJourney.ts';
import type { Attempt } from '../store/attempts.ts';
import { html, type Html } from './html.ts';
import { renderPage } from './page.ts';
import { renderScopes } from './sharingList.ts';

/** An end in words, and where to go from there. */
export interface JourneyEnding {
  readonly title: string;
  readonly sentence: string;
  /** Left out where another journey would end in the same way. */
  readonly again?: { readonly label: string; readonly address: string };
  /** Left out for a client that wanted nothing. */
  readonly back?: string;
}

type BrokenOutcome = Exclude<JourneyOutcome, 'connected'>;

/** How a journey that became no account is told to its participant. */
export function describeEnding(publicUrl: string, attempt: Attempt, outcome: BrokenOutcome): JourneyEnding {
  const { title, sentence } = endings[outcome];
  const names = { provider: attempt.providerName, study: attempt.studyName };
  return omitUndefined({
    title,
    sentence: sentence(names),
    again: mayTryAgain(outcome)
      ? {
          label: `Try again with ${attempt.providerName}`,
          address: `${resultAddress(publicUrl, attempt)}/again`,
        }
      : undefined,
    back: finalAddress(attempt, false),
  });
}

/** The page of such an end; of what was needed it names what she left out, where that is known. */
export function renderEnding(
  publicUrl: string,
  attempt: Attempt,
  { outcome, sharing }: { readonly outcome: BrokenOutcome; readonly sharing?: DecidedSharing | undefined },
): Answer {
  const { title, sentence, again, back } = describeEnding(publicUrl, attempt, outcome);
  const needed = sharing?.leftOut.filter(({ ask }) => ask === 'required') ?? [];
  return renderPage({
    publicUrl,
    title: `${title} – ${attempt.studyName}`,
    script: again === undefined ? undefined : 'end',
    body: html`<p class="study">${attempt.studyName}</p>
      <h1>${title}</h1>
      <p id="sentence">${sentence}</p>
      ${
        needed.length === 0
          ? undefined
          : html`<h2>Needed, and not selected</h2>
              <div id="needed">${renderScopes(needed)}</div>`
      }
      ${renderActions(attempt, { again, back })}`,
  });
}

/**
 * The page of a connection: of one whose client wanted to go nowhere, and of one that came out otherwise than it was
 * asked for, which she is told before she goes on.
 */
export function renderConnected(
  publicUrl: string,
  attempt: Attempt,
  sharing: DecidedSharing | undefined,
): Answer {
  const { providerName: provider, studyName: study } = attempt;
  const back = finalAddress(attempt, true);
  const again =
    sharing === undefined || isAsAsked(sharing)
      ? undefined
      : { label: `Choose again at ${provider}`, address: `${resultAddress(publicUrl, attempt)}/again` };
  return renderPage({
    publicUrl,
    title: `Connected – ${study}`,
    script: again === undefined ? undefined : 'end',
    body: html`<p class="study">${study}</p>
      <h1>${provider} is connected</h1>
      <p id="sentence">
        ${study} receives what you chose to share.${back === undefined ? ' You can close this window.' : ''}
      </p>
      ${sharing === undefined ? undefined : renderDecided(attempt, sharing)}
      ${renderActions(attempt, { again, back })}`,
  });
}

/** What she shares, what is missing of what was asked for, and what came without being asked for. */
function renderDecided({ providerName: provider, studyName: study }: Attempt, sharing: DecidedSharing): Html {
  const { shared, leftOut, unasked, unknown } = sharing;
  const unknownNote =
    unknown === 0
      ? undefined
      : html`<p id="unknown">
          ${provider} also opened something that this service does not know. It is not fetched.
        </p>`;
  return html`<h2>You share</h2>
    <div id="shared">${renderScopes(shared)}</div>
    ${
      leftOut.length === 0
        ? undefined
        : html`<h2>Not shared</h2>
            <p>${study} asked for this, and you left it out, or ${provider} has none of it:</p>
            <div id="left-out">${renderScopes(leftOut)}</div>`
    }
    ${
      unasked.length + unknown === 0
        ? undefined
        : html`<h2>Opened, but not fetched</h2>
            ${
              unasked.length === 0
                ? undefined
                : html`<p>
                      ${provider} opened this too, although ${study} did not ask for it. It is not fetched.
                      You can switch it off at ${provider}:
                    </p>
                    <div id="unasked">${renderScopes(unasked)}</div>`
            }
            ${unknownNote}`
    }`;
}

/** Where it can go on, what helps her most first: after a failure another try, after a connection the way back. */
function renderActions(
  { studyName, outcome }: Attempt,
  { again, back }: { readonly again: JourneyEnding['again'] | undefined; readonly back: string | undefined },
): Html {
  if (again === undefined && back === undefined) return html`<p>You can close this window.</p>`;
  const triesFirst = again !== undefined && outcome !== 'connected';
  const lead =
    back === undefined
      ? undefined
      : html`<a class="button${triesFirst ? ' quiet' : ''}" id="back" href="${back}"
          >Back to ${studyName}</a
        >`;
  const retry =
    again === undefined
      ? undefined
      : html`<button
          id="again"
          type="button"
          class="${triesFirst ? '' : 'quiet'}"
          data-address="${again.address}"
        >
          ${again.label}
        </button>`;
  return html`<p class="actions">${triesFirst ? [retry, lead] : [lead, retry]}</p>
    <p id="problem" role="alert" hidden></p>`;
}

/** The page while the provider is being asked. */
export function renderWaiting(publicUrl: string, attempt: Attempt): Answer {
  return renderPage({
    publicUrl,
    title: `One moment – ${attempt.studyName}`,
    refreshS: 2,
    body: html`<p class="study">${attempt.studyName}</p>
      <h1>One moment …</h1>
      <p role="status">We are finishing the connection with ${attempt.providerName}.</p>`,
  });
}

/** The page for an address that belongs to no journey that this browser may see: it names nobody and nothing. */
export function renderStranger(
  publicUrl: string,
  kind: keyof typeof strangerEndings,
  { status, script }: { readonly status: number; readonly script?: 'fragment' },
): Answer {
  const { title, sentence } = strangerEndings[kind];
  return renderPage({
    publicUrl,
    status,
    title,
    script,
    body: html`<h1>${title}</h1>
      <p id="sentence">${sentence}</p>`,
  });
}
