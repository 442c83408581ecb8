/**
 * The page's script: a client of the delegated API (docs/guides/clients.md) as a study would write one, without the
 * platform's SDK. Plain and small, so that whoever learns from it can read it in the browser.
 */
export const studyScript = `const at = (id) => document.getElementById(id);
const pageSize = 8;

/* --- the service ------------------------------------------------------------------------------------------------ */

/** Whom to ask, and with what: our own backend knows. It is asked again when the token is not good any more. */
let session;
async function openSession() {
  const answer = await fetch('/session', { method: 'POST' });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(said.message ?? 'The site of the study has a problem.');
  session = said;
}

async function ask(method, path, query = {}) {
  if (session === undefined) await openSession();
  for (let attempt = 1; ; attempt++) {
    const url = session.serviceUrl + '/api/v1/delegated/' + path + '?' + new URLSearchParams(query);
    const headers = { authorization: 'Bearer ' + session.accessToken, accept: 'application/json' };
    const answer = await fetch(url, { method, headers }).catch(() => {
      throw new Error('The service does not answer. Is it running?');
    });
    if (answer.status === 401 && attempt === 1) {
      await openSession();
      continue;
    }
    const body = answer.status === 204 ? undefined : await answer.json().catch(() => undefined);
    if (answer.ok) return body;
    throw new Error(body?.message ?? 'The service answered ' + answer.status + '.');
  }
}

/* --- what the page says ----------------------------------------------------------------------------------------- */

function notify(text, kind = '') {
  const notice = at('notice');
  notice.className = 'notice ' + kind;
  notice.textContent = text;
  notice.hidden = text === '';
  if (text !== '') notice.scrollIntoView({ block: 'nearest' });
}

/** Runs what a click wants; the button rests meanwhile, and a failure is told in words. */
async function act(button, work) {
  notify('');
  button.disabled = true;
  try {
    await work();
  } catch (error) {
    notify(error.message, 'bad');
  } finally {
    button.disabled = false;
  }
}

const statuses = {
  fetchingData: ['Waiting for data', 'waiting'],
  fetchComplete: ['Up to date', 'good'],
  error: ['The last fetch failed', 'bad'],
  unauthorized: ['Not connected any more', 'bad'],
};

const categories = {
  Provider: 'Hospital or practice',
  'Health Plan': 'Health plan',
  'Device Manufacturer': 'Device',
};

function copy(template, provider) {
  const card = at(template).content.firstElementChild.cloneNode(true);
  card.dataset.provider = provider.id;
  card.querySelector('img').src = provider.logoUrl;
  card.querySelector('h3').textContent = provider.name;
  return card;
}

function addFact(list, name, value) {
  const term = document.createElement('dt');
  const detail = document.createElement('dd');
  term.textContent = name;
  detail.append(value);
  list.append(term, detail);
}

const when = (text) => new Date(text).toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });

function listScopes(text) {
  const list = document.createElement('ul');
  list.className = 'scopes';
  for (const scope of text.split(' ')) {
    const item = document.createElement('li');
    item.textContent = scope;
    list.append(item);
  }
  return list;
}

/* --- accounts --------------------------------------------------------------------------------------------------- */

function showAccount(account) {
  const { provider, status } = account;
  const card = copy('account', provider);
  card.dataset.account = account.id;
  const [words, kind] = statuses[status] ?? [status, ''];
  const shown = card.querySelector('.status');
  shown.textContent = words;
  shown.classList.add(kind);
  shown.dataset.status = status;
  const facts = card.querySelector('dl');
  addFact(facts, 'Connected', when(account.connectionDate));
  if (account.lastRefreshDate) addFact(facts, 'Last data', when(account.lastRefreshDate));
  if (account.dataScopes) addFact(facts, 'You share', listScopes(account.dataScopes));
  const button = (name, work) => {
    const one = card.querySelector('.' + name);
    one.setAttribute('aria-label', one.textContent + ' ' + provider.name);
    one.addEventListener('click', () => act(one, work));
    return one;
  };
  button('reconnect', () => connect(provider.successorID ?? provider.id)).hidden = status !== 'unauthorized';
  button('refresh', async () => {
    await ask('POST', 'externalaccounts/refresh/' + account.id);
    await showAccounts();
  }).hidden = status === 'unauthorized';
  button('delete', async () => {
    if (!(await confirmDeletion(provider.name))) return;
    await ask('DELETE', 'externalaccounts/delete/' + account.id);
    await Promise.all([showAccounts(), searched === undefined ? undefined : search(searched)]);
    notify(provider.name + ' is deleted. Its access is given back to the provider.', 'good');
  });
  return card;
}

let accounts = [];
async function showAccounts() {
  accounts = await ask('GET', 'externalaccounts');
  at('accounts').replaceChildren(...accounts.map(showAccount));
  at('accounts').setAttribute('aria-busy', 'false');
  at('no-accounts').hidden = accounts.length > 0;
}

function confirmDeletion(name) {
  const dialog = at('confirm');
  at('confirm-text').textContent = 'The study receives nothing more from ' + name + '.';
  dialog.returnValue = 'keep';
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'delete'), { once: true }),
  );
}

/* --- providers -------------------------------------------------------------------------------------------------- */

function showProvider(provider) {
  const card = copy('provider', provider);
  const button = card.querySelector('.connect');
  const own = accounts.find((account) => account.provider.id === provider.id);
  button.hidden = !provider.enabled;
  if (own !== undefined && provider.enabled) button.textContent = 'Reconnect';
  button.setAttribute('aria-label', button.textContent + ' ' + provider.name);
  button.addEventListener('click', () => act(button, () => connect(provider.id)));
  const category = categories[provider.category] ?? provider.category;
  card.querySelector('.status').textContent = provider.enabled ? category
    : own !== undefined ? 'Connected'
    : provider.relatedProvider ? 'Connected through ' + provider.relatedProvider
    : provider.message ?? category;
  return card;
}

let searched;
let pageNumber = 0;
/** Only the answer to the latest question is shown. */
let latest = 0;
async function search(words, page = 0) {
  const question = ++latest;
  const found = await ask('GET', 'externalaccountproviders', { search: words, pageSize, pageNumber: page });
  if (question !== latest) return;
  [searched, pageNumber] = [words, page];
  const cards = found.externalAccountProviders.filter(({ message }) => message !== 'Unavailable').map(showProvider);
  if (page === 0) at('providers').replaceChildren(...cards);
  else at('providers').append(...cards);
  const total = found.totalExternalAccountProviders;
  at('found').textContent = total === 0 ? 'Nothing found for “' + words + '”.' : total === 1 ? '1 found' : total + ' found';
  at('more').hidden = (page + 1) * pageSize >= total;
}

/** The verifier stays in this browser until the fragment of the one-time address proves it to the service. */
async function connect(providerID) {
  const bytes = crypto.getRandomValues(new Uint8Array(32));
  const verifier = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  const verifierHash = btoa(String.fromCharCode(...new Uint8Array(digest)))
    .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const finalRedirectPath = location.origin + '/?provider=' + providerID + '&success=%SUCCESSVALUE%';
  const address = await ask('POST', 'externalaccountproviders/' + providerID + '/connect', { finalRedirectPath, verifierHash });
  location.assign(address + '#verifier=' + verifier);
}

/** What the address says that she returned to; it is taken out of the address, so that a reload does not say it again. */
function readReturn() {
  const query = new URLSearchParams(location.search);
  const success = query.get('success');
  if (success === null) return undefined;
  history.replaceState(null, '', '/');
  return { success: success === 'true', providerID: Number(query.get('provider')) };
}

function tellReturn({ success, providerID }) {
  const name = accounts.find((account) => account.provider.id === providerID)?.provider.name;
  if (success) notify('Connected' + (name === undefined ? '.' : ': ' + name + '.'), 'good');
  else notify('Not connected. Nothing new is shared.');
  at('notice').focus();
}

/* --- begin ------------------------------------------------------------------------------------------------------ */

async function showWho() {
  const [project, participant] = await Promise.all([ask('GET', 'project'), ask('GET', 'participant')]);
  at('study').textContent = project.name;
  document.title = 'Your data – ' + project.name;
  at('participant').textContent = participant.participantIdentifier;
}

at('reload').addEventListener('click', () => act(at('reload'), showAccounts));
at('more').addEventListener('click', () => act(at('more'), () => search(searched, pageNumber + 1)));
at('search').addEventListener('submit', (event) => {
  event.preventDefault();
  void act(event.submitter ?? at('search').querySelector('button'), () => search(at('words').value.trim()));
});
for (const idea of document.querySelectorAll('.ideas button'))
  idea.addEventListener('click', () => {
    at('words').value = idea.textContent;
    void act(idea, () => search(idea.textContent));
  });
// Back from the provider by the browser's button: the page comes out of a drawer, with what was true before.
addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });

const returned = readReturn();
try {
  await openSession();
  await Promise.all([showWho(), showAccounts()]);
  if (returned !== undefined) tellReturn(returned);
} catch (error) {
  notify(error.message, 'bad');
}
document.body.dataset.ready = '';
`;
