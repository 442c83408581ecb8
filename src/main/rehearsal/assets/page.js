// @ts-check
/**
 * A client of the delegated API (docs/guides/clients.md) as a study would write one, without the platform's SDK. Plain
 * and small, so that whoever learns from it can read it in the browser.
 *
 * @import { DelegatedExternalAccount } from '../../../contract/externalAccount.ts'
 * @import { ExternalAccountSharing } from '../../../contract/sharing.ts'
 * @import { DelegatedParticipant } from '../../../contract/participant.ts'
 * @import { ProblemBody } from '../../../contract/problem.ts'
 * @import { DelegatedProject } from '../../../contract/project.ts'
 * @import { ProviderObject, ProviderPage } from '../../../contract/provider.ts'
 */

/**
 * @template {Element} T
 * @param {ParentNode} place
 * @param {string} selector
 * @param {new () => T} kind
 * @returns {T}
 */
function find(place, selector, kind) {
  const found = place.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`The page has no ${selector}`);
  return found;
}

/** @param {string} id */
const at = (id) => find(document, `#${id}`, HTMLElement);
const reload = find(document, '#reload', HTMLButtonElement);
const more = find(document, '#more', HTMLButtonElement);
const words = find(document, '#words', HTMLInputElement);
const dialog = find(document, '#confirm', HTMLDialogElement);
const pageSize = 8;

/* --- the service ------------------------------------------------------------------------------------------------ */

/**
 * Whom to ask, and with what: our own backend knows. It is asked again when the token is not good any more.
 *
 * @typedef {{ readonly serviceUrl: string, readonly accessToken: string }} Session
 * @type {Session | undefined}
 */
let session;
async function openSession() {
  const answer = await fetch('/session', { method: 'POST' });
  const said = await readJson(answer);
  if (!answer.ok) throw new Error(readMessage(said) ?? 'The site of the study has a problem.');
  session = /** @type {Session} */ (said);
  return session;
}

/**
 * @param {'GET' | 'POST' | 'DELETE'} method
 * @param {string} path
 * @param {Record<string, string>} [query]
 * @returns {Promise<unknown>}
 */
async function ask(method, path, query = {}) {
  let { serviceUrl, accessToken } = session ?? (await openSession());
  for (let attempt = 1; ; attempt++) {
    const url = `${serviceUrl}/api/v1/delegated/${path}?${new URLSearchParams(query).toString()}`;
    const headers = { authorization: `Bearer ${accessToken}`, accept: 'application/json' };
    const answer = await fetch(url, { method, headers }).catch(() => {
      throw new Error('The service does not answer. Is it running?');
    });
    if (answer.status === 401 && attempt === 1) {
      ({ serviceUrl, accessToken } = await openSession());
      continue;
    }
    const body = answer.status === 204 ? undefined : await readJson(answer);
    if (answer.ok) return body;
    throw new Error(readMessage(body) ?? `The service answered ${answer.status}.`);
  }
}

/**
 * @param {Response} answer
 * @returns {Promise<unknown>} undefined where it is no JSON
 */
const readJson = (answer) => answer.json().catch(() => undefined);

/** @param {unknown} body of an answer that refuses */
const readMessage = (body) => /** @type {Partial<ProblemBody> | null | undefined} */ (body)?.message;

/* --- what the page says ----------------------------------------------------------------------------------------- */

/**
 * @param {string} text
 * @param {'' | 'good' | 'bad'} [kind]
 */
function notify(text, kind = '') {
  const notice = at('notice');
  notice.className = `notice ${kind}`;
  notice.textContent = text;
  notice.hidden = text === '';
  if (text !== '') notice.scrollIntoView({ block: 'nearest' });
}

/** @param {unknown} error */
const notifyFailure = (error) => notify(error instanceof Error ? error.message : String(error), 'bad');

/**
 * Runs what a click wants; the button rests meanwhile, and a failure is told in words.
 *
 * @param {HTMLButtonElement} button
 * @param {() => Promise<void>} work
 */
async function act(button, work) {
  notify('');
  // Not `disabled`: a dialog that was opened from here gives the focus back to it.
  if (button.getAttribute('aria-disabled') === 'true') return;
  button.setAttribute('aria-disabled', 'true');
  try {
    await work();
  } catch (error) {
    notifyFailure(error);
  } finally {
    button.removeAttribute('aria-disabled');
  }
}

/** @type {Readonly<Record<string, readonly [words: string, kind: string]>>} */
const statuses = {
  fetchingData: ['Waiting for data', 'waiting'],
  fetchComplete: ['Up to date', 'good'],
  error: ['The last fetch failed', 'bad'],
  unauthorized: ['Not connected any more', 'bad'],
};

/** @type {Readonly<Record<string, string>>} */
const categories = {
  Provider: 'Hospital or practice',
  'Health Plan': 'Health plan',
  'Device Manufacturer': 'Device',
};

/**
 * @param {'account' | 'provider'} template
 * @param {ProviderObject} provider
 */
function copy(template, provider) {
  const { content } = find(document, `#${template}`, HTMLTemplateElement);
  const card = find(document.importNode(content, true), '.card', HTMLElement);
  card.dataset['provider'] = String(provider.id);
  // Left out where there is only a monogram, which is at the same address.
  find(card, 'img', HTMLImageElement).src =
    provider.logoUrl ??
    `${session?.serviceUrl}/api/v1/delegated/externalaccountproviders/${provider.id}/logo`;
  find(card, 'h3', HTMLElement).textContent = provider.name;
  return card;
}

/**
 * @param {HTMLElement} list
 * @param {string} name
 * @param {string | Node} value
 */
function addFact(list, name, value) {
  const term = document.createElement('dt');
  const detail = document.createElement('dd');
  term.textContent = name;
  detail.append(value);
  list.append(term, detail);
}

/** @param {string} text */
const when = (text) => new Date(text).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });

/** @param {ExternalAccountSharing['shared']} groups */
function listShared(groups) {
  const list = document.createElement('ul');
  list.className = 'scopes';
  for (const { title, items } of groups) {
    const item = document.createElement('li');
    const heading = document.createElement('strong');
    heading.textContent = `${title}: `;
    item.append(heading, items.map(({ label }) => label).join('; '));
    list.append(item);
  }
  return list;
}

/**
 * @param {HTMLElement} facts
 * @param {ExternalAccountSharing} sharing
 */
function addSharing(facts, { shared, leftOut, unasked }) {
  if (shared.length > 0) addFact(facts, 'You share', listShared(shared));
  if (leftOut.length > 0) addFact(facts, 'Not shared', listShared(leftOut));
  if (unasked.length > 0) addFact(facts, 'Open, not fetched', listShared(unasked));
}

/* --- accounts --------------------------------------------------------------------------------------------------- */

/**
 * @param {DelegatedExternalAccount} account
 * @param {ExternalAccountSharing | undefined} sharing
 */
function showAccount(account, sharing) {
  const { provider, status } = account;
  const card = copy('account', provider);
  card.dataset['account'] = String(account.id);
  const [sentence, kind] = statuses[status] ?? [status, ''];
  const shown = find(card, '.status', HTMLElement);
  shown.textContent = sentence;
  shown.className = `status ${kind}`;
  shown.dataset['status'] = status;
  const facts = find(card, 'dl', HTMLElement);
  addFact(facts, 'Connected', when(account.connectionDate));
  if (account.lastRefreshDate) addFact(facts, 'Last data', when(account.lastRefreshDate));
  if (sharing !== undefined) addSharing(facts, sharing);
  /** @type {(name: string, work: () => Promise<void>) => HTMLButtonElement} */
  const button = (name, work) => {
    const one = find(card, `.${name}`, HTMLButtonElement);
    one.setAttribute('aria-label', `${one.textContent} ${provider.name}`);
    one.addEventListener('click', () => void act(one, work));
    return one;
  };
  button('reconnect', () => connect(provider.successorID ?? provider.id)).hidden = status !== 'unauthorized';
  button('refresh', async () => {
    await ask('POST', `externalaccounts/refresh/${account.id}`);
    await showAccounts();
  }).hidden = status === 'unauthorized';
  button('delete', async () => {
    if (!(await confirmDeletion(provider.name))) return;
    await ask('DELETE', `externalaccounts/delete/${account.id}`);
    await Promise.all([showAccounts(), searched === undefined ? undefined : search(searched)]);
    notify(`${provider.name} is deleted. Its access is given back to the provider.`, 'good');
    // The button that had the focus is gone with its card.
    at('notice').focus();
  });
  return card;
}

/**
 * What she shares, in words; undefined for an account that was deleted meanwhile.
 *
 * @param {number} id
 * @returns {Promise<ExternalAccountSharing | undefined>}
 */
const readSharing = (id) =>
  ask('GET', `externalaccounts/${id}/sharing`).then(
    (said) => /** @type {ExternalAccountSharing} */ (said),
    () => undefined,
  );

/** @type {readonly DelegatedExternalAccount[]} */
let accounts = [];
async function showAccounts() {
  accounts = /** @type {DelegatedExternalAccount[]} */ (await ask('GET', 'externalaccounts'));
  const sharing = await Promise.all(accounts.map(({ id }) => readSharing(id)));
  at('accounts').replaceChildren(...accounts.map((account, index) => showAccount(account, sharing[index])));
  at('accounts').setAttribute('aria-busy', 'false');
  at('no-accounts').hidden = accounts.length > 0;
}

/**
 * @param {string} name
 * @returns {Promise<boolean>}
 */
function confirmDeletion(name) {
  at('confirm-text').textContent =
    `The study receives nothing more from ${name}, its access is given back, and what was received from it is erased. That you shared it, and until when, stays on record.`;
  dialog.returnValue = 'keep';
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'delete'), { once: true }),
  );
}

/* --- providers -------------------------------------------------------------------------------------------------- */

/** @param {ProviderObject} provider */
function showProvider(provider) {
  const card = copy('provider', provider);
  const button = find(card, '.connect', HTMLButtonElement);
  const isOwn = accounts.some((account) => account.provider.id === provider.id);
  button.hidden = !provider.enabled;
  if (isOwn && provider.enabled) button.textContent = 'Reconnect';
  button.setAttribute('aria-label', `${button.textContent} ${provider.name}`);
  button.addEventListener('click', () => void act(button, () => connect(provider.id)));
  find(card, '.status', HTMLElement).textContent = describeProvider(provider, isOwn);
  return card;
}

/**
 * @param {ProviderObject} provider
 * @param {boolean} isOwn
 */
function describeProvider({ category, enabled, relatedProvider, message }, isOwn) {
  const kind = categories[category] ?? category;
  if (enabled) return kind;
  if (isOwn) return 'Connected';
  return relatedProvider ? `Connected through ${relatedProvider}` : (message ?? kind);
}

/** @type {string | undefined} */
let searched;
let pageNumber = 0;
/** Only the answer to the latest question is shown. */
let latest = 0;
/** @param {string} text */
async function search(text, page = 0) {
  const question = ++latest;
  const query = {
    search: text,
    pageSize: String(pageSize),
    pageNumber: String(page),
    // What cannot be connected is shown with the reason.
    includeUnavailable: 'true',
  };
  const found = /** @type {ProviderPage} */ (await ask('GET', 'externalaccountproviders', query));
  if (question !== latest) return;
  [searched, pageNumber] = [text, page];
  const shown = found.externalAccountProviders.filter(({ message }) => message !== 'Unavailable');
  const cards = shown.map(showProvider);
  if (page === 0) at('providers').replaceChildren(...cards);
  else at('providers').append(...cards);
  const total = found.totalExternalAccountProviders;
  at('found').textContent = total === 0 ? `Nothing found for “${text}”.` : `${total} found`;
  at('nothing').hidden = total > 0;
  more.hidden = (page + 1) * pageSize >= total;
}

/**
 * The verifier stays in this browser until the fragment of the one-time address proves it to the service.
 *
 * @param {number} providerID
 */
async function connect(providerID) {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const verifier = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const verifierHash = btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
  const finalRedirectPath = `${location.origin}/?provider=${providerID}&success=%SUCCESSVALUE%`;
  const query = { finalRedirectPath, verifierHash };
  const address = await ask('POST', `externalaccountproviders/${providerID}/connect`, query);
  const link = new URL(/** @type {string} */ (address));
  link.hash = `verifier=${verifier}`;
  location.assign(link);
}

/** What the address says that she returned to; it is taken out of the address, so that a reload does not say it again. */
function readReturn() {
  const query = new URLSearchParams(location.search);
  const success = query.get('success');
  if (success === null) return undefined;
  history.replaceState(null, '', '/');
  return { success: success === 'true', providerID: Number(query.get('provider')) };
}

/** @param {NonNullable<ReturnType<typeof readReturn>>} returned */
function tellReturn({ success, providerID }) {
  const name = accounts.find((account) => account.provider.id === providerID)?.provider.name;
  if (success) notify(name === undefined ? 'Connected.' : `Connected: ${name}.`, 'good');
  else notify('Not connected. Nothing new is shared.');
  at('notice').focus();
}

/* --- begin ------------------------------------------------------------------------------------------------------ */

async function showWho() {
  const [study, participant] = await Promise.all([ask('GET', 'project'), ask('GET', 'participant')]);
  const { name } = /** @type {DelegatedProject} */ (study);
  at('study').textContent = name;
  document.title = `Your data – ${name}`;
  const { participantIdentifier } = /** @type {DelegatedParticipant} */ (participant);
  at('participant').textContent = participantIdentifier;
}

reload.addEventListener('click', () => void act(reload, showAccounts));
const everything = find(document, '#everything', HTMLButtonElement);
everything.addEventListener(
  'click',
  () =>
    void act(everything, async () => {
      words.value = '';
      await search('');
      words.focus();
    }),
);
more.addEventListener('click', () => void act(more, () => search(searched ?? '', pageNumber + 1)));
const form = find(document, '#search', HTMLFormElement);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void act(find(form, 'button', HTMLButtonElement), () => search(words.value.trim()));
});
for (const idea of document.querySelectorAll('.ideas button'))
  if (idea instanceof HTMLButtonElement)
    idea.addEventListener('click', () => {
      words.value = idea.textContent;
      void act(idea, () => search(words.value));
    });
// Back from the provider by the browser's button: the page comes out of a drawer, with what was true before.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

const returned = readReturn();
try {
  await openSession();
  await Promise.all([showWho(), showAccounts()]);
  if (returned !== undefined) tellReturn(returned);
} catch (error) {
  notifyFailure(error);
}
document.body.dataset['ready'] = '';
