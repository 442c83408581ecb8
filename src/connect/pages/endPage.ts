import type { Answer } from '../../platform/http/defineRoute.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import { endings, strangerEndings, type JourneyOutcome } from '../journey/outcomes.ts';
import { finalAddress } from '../steps/endJourney.ts';
import type { Attempt } from '../store/attempts.ts';
import { html } from './html.ts';
import { renderPage } from './page.ts';

/** An end in words, and where to go from there. */
export interface JourneyEnding {
  readonly title: string;
  readonly sentence: string;
  /** Left out for a client that wanted nothing. */
  readonly back?: string;
}

/** How a journey that became no account is told to its participant. */
export function describeEnding(
  attempt: Attempt,
  outcome: Exclude<JourneyOutcome, 'connected'>,
): JourneyEnding {
  const { title, sentence } = endings[outcome];
  const names = { provider: attempt.providerName, study: attempt.studyName };
  const back = finalAddress(attempt, false);
  return omitUndefined({
    title,
    sentence: sentence(names),
    back,
  });
}

/** The page of such an end. */
export function renderEnding(
  publicUrl: string,
  attempt: Attempt,
  outcome: Exclude<JourneyOutcome, 'connected'>,
): Answer {
  const { title, sentence, back } = describeEnding(attempt, outcome);
  const link =
    back === undefined
      ? html`<p>You can close this window.</p>`
      : html`<p class="actions">
          <a class="button" id="back" href="${back}">Back to ${attempt.studyName}</a>
        </p>`;
  return renderPage({
    publicUrl,
    title: `${title} – ${attempt.studyName}`,
    body: html`<p class="study">${attempt.studyName}</p>
      <h1>${title}</h1>
      <p id="sentence">${sentence}</p>
      ${link}`,
  });
}

/** The page of a connection whose client wanted to go nowhere. */
export function renderConnected(publicUrl: string, attempt: Attempt): Answer {
  return renderPage({
    publicUrl,
    title: `Connected – ${attempt.studyName}`,
    body: html`<p class="study">${attempt.studyName}</p>
      <h1>${attempt.providerName} is connected</h1>
      <p id="sentence">${attempt.studyName} receives what you chose to share. You can close this window.</p>`,
  });
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
