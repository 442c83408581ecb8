import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { readBody } from '../loopbackServer.ts';
import { findPerson, honestPeople } from './people.ts';

/**
 * Login and consent in one page, as one form that is posted to the page's own address: `person` (an id), `scope`
 * (repeated, what is ticked) and `decision` (`allow` or `deny`). Works without scripts.
 */
export async function answerConsent(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const interaction = await provider.interactionDetails(request, response).catch(() => undefined);
  if (interaction === undefined) {
    response
      .writeHead(400, { 'content-type': 'text/html; charset=utf-8' })
      .end(page('<h1>This page is over.</h1>'));
    return;
  }
  const { client_id: clientID, scope } = interaction.params as { client_id: string; scope?: string };
  const asked = scope?.split(' ') ?? [];
  if (request.method !== 'POST') {
    response
      .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
      .end(page(renderForm(clientID, asked)));
    return;
  }
  const form = new URLSearchParams((await readBody(request)).toString());
  const person = findPerson(form.get('person') ?? '');
  const decision = form.get('decision');
  const result =
    decision === 'deny'
      ? { error: 'access_denied', error_description: 'The person said no.' }
      : decision === 'allow' && person !== undefined
        ? await grant(provider, { clientID, personID: person.id, asked, ticked: form.getAll('scope') })
        : undefined;
  if (result === undefined) response.writeHead(400).end();
  else await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

async function grant(
  provider: Provider,
  choice: {
    readonly clientID: string;
    readonly personID: string;
    readonly asked: readonly string[];
    readonly ticked: readonly string[];
  },
) {
  const made = new provider.Grant({ accountId: choice.personID, clientId: choice.clientID });
  const isTicked = (scope: string) => choice.ticked.includes(scope);
  made.addOIDCScope(choice.asked.filter(isTicked).join(' '));
  made.rejectOIDCScope(choice.asked.filter((scope) => !isTicked(scope)).join(' '));
  return { login: { accountId: choice.personID, remember: false }, consent: { grantId: await made.save() } };
}

function renderForm(clientID: string, asked: readonly string[]): string {
  const people = honestPeople.map(
    ({ id, name }, at) =>
      `<label><input type="radio" name="person" value="${id}"${at === 0 ? ' checked' : ''}> ${escape(name)}</label>`,
  );
  const scopes = asked.map(
    (scope) =>
      `<label><input type="checkbox" name="scope" value="${escape(scope)}" checked> ${escape(scope)}</label>`,
  );
  return `<h1>Honest login</h1><p>${escape(clientID)} wants to read your record.</p>
<form method="post"><fieldset><legend>Who are you?</legend>${people.join('<br>')}</fieldset>
<fieldset><legend>What may it do?</legend>${scopes.join('<br>')}</fieldset>
<button name="decision" value="allow">Allow</button> <button name="decision" value="deny">Deny</button></form>`;
}

function page(body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Honest login</title><body>${body}</body></html>`;
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
