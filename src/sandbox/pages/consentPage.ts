import type { Login } from '../authorization/listLogins.ts';
import type { OfferedScope } from '../authorization/offerScopes.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import { escapeHtml, page } from './layout.ts';

export interface ConsentFacts {
  readonly provider: string;
  /** Who asks; undefined where only the application is known. */
  readonly study: string | undefined;
  readonly client: string;
  readonly logins: readonly Login[];
  readonly scopes: readonly OfferedScope[];
  readonly canUntick: boolean;
  /** Host to which the decision leads. */
  readonly goesTo: string;
}

/**
 * Log in and agree on one page. It works without scripts and with the keyboard alone; the form is posted to the
 * address of the page.
 */
export function consentPage({
  provider,
  study,
  client,
  logins,
  scopes,
  canUntick,
  goesTo,
}: ConsentFacts): SandboxAnswer {
  const main = `<h1>Connect your ${escapeHtml(provider)} account</h1>
<p>${
    study === undefined
      ? `The application <code>${escapeHtml(client)}</code>`
      : `<strong>${escapeHtml(study)}</strong>`
  } asks for access.</p>
<form method="post">
<fieldset>
<legend>Log in as</legend>
${logins.map(loginChoice).join('\n')}
${recordChoice(logins)}</fieldset>
<fieldset>
<legend>${canUntick ? 'Choose what you share' : 'What you share'}</legend>
${canUntick ? scopes.map(scopeBox).join('\n') : scopeList(scopes)}
</fieldset>
<div class="decision">
<button class="main" name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</div>
</form>
<p class="note">Either answer takes you back to ${escapeHtml(goesTo)}.</p>`;
  return page(`Connect ${provider}`, main);
}

function loginChoice({ key, name, isProxy, records }: Login, index: number): string {
  const whose = records.map((record) => record.name).join(' and ');
  const text = isProxy ? `${name}, parent of ${whose}` : name;
  return `<label><input type="radio" name="person" value="${escapeHtml(key)}" required${
    index === 0 ? ' checked' : ''
  }> ${escapeHtml(text)}</label>`;
}

/** Whose record a parent opens; those with one record of their own need no choice. */
function recordChoice(logins: readonly Login[]): string {
  const choices = logins
    .filter(({ isProxy }) => isProxy)
    .flatMap(({ records }) => records)
    .map(({ userID, name }) => `<option value="${escapeHtml(userID)}">${escapeHtml(name)}</option>`);
  return choices.length === 0
    ? ''
    : `<label>Record that a parent opens <select name="patient"><option value="">the first</option>${choices.join('')}</select></label>\n`;
}

function scopeBox({ name, label, ticked, needed }: OfferedScope): string {
  return `<label><input type="checkbox" name="scope" value="${escapeHtml(name)}"${
    ticked ? ' checked' : ''
  }> <span>${describeBox(label, needed)}</span></label>`;
}

function describeBox(label: string, needed: boolean): string {
  return `${escapeHtml(label)}${needed ? ' <span class="needed">needed</span>' : ''}`;
}

function scopeList(scopes: readonly OfferedScope[]): string {
  return `<ul>\n${scopes.map(({ label, needed }) => `<li>${describeBox(label, needed)}</li>`).join('\n')}\n</ul>`;
}
