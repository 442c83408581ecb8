/**
 * The scripts of our pages, as browsers get them. Plain and small, so that whoever inspects the page can read them; the
 * text of pages is only ever set as text.
 */
export const scripts = {
  /**
   * Proves the verifier of the fragment, takes it out of the address at once, and goes where the server says when the
   * participant clicks.
   */
  start: `const at = (id) => document.getElementById(id);
const link = location.pathname.replace(/\\/+$/, '');
// Kept beside the address until it is proved, so that the page can be loaded again after a failure of the network.
const verifier = new URLSearchParams(location.hash.slice(1)).get('verifier') ?? history.state?.verifier;
history.replaceState({ verifier }, '', location.pathname);

async function post(step, fields) {
  const answer = await fetch(link + '/' + step, { method: 'POST', body: new URLSearchParams(fields), redirect: 'error' });
  if (!answer.ok) throw new Error('the server answered ' + answer.status);
  return answer.json();
}

function show(ending) {
  const problem = at('problem');
  problem.querySelector('h2').textContent = ending.title;
  problem.querySelector('p').textContent = ending.sentence;
  if (ending.back) {
    problem.querySelector('a').href = ending.back;
    problem.querySelector('.actions').hidden = false;
  }
  at('wait').hidden = true;
  at('content').hidden = true;
  problem.hidden = false;
}

async function step(name, fields) {
  try {
    return await post(name, fields);
  } catch {
    return { outcome: 'ended', title: 'Please try again', sentence: 'We could not be reached, or could not answer. Check your connection to the internet, wait a minute, then load this page again.' };
  }
}

function block(blocked) {
  for (const id of ['continue', 'cancel']) at(id).disabled = blocked;
}

async function go(name) {
  block(true);
  const next = await step(name, {});
  if (next.outcome === 'go') location.assign(next.address);
  else show(next);
}

at('continue').addEventListener('click', () => go('continue'));
at('cancel').addEventListener('click', () => go('cancel'));
addEventListener('pageshow', (event) => { if (event.persisted) block(false); });

// One tab after the other: two without a cookie would each be given one, and the later would replace the earlier.
const open = () => step('open', verifier === undefined ? {} : { verifier });
const opened = await (navigator.locks ? navigator.locks.request('open', open) : open());
if (opened.outcome === 'opened') {
  history.replaceState(null, '', location.pathname);
  at('wait').hidden = true;
  at('content').hidden = false;
  at('title').focus();
} else if (opened.outcome === 'go') location.replace(opened.address);
else show(opened);
`,
  /** Brings an answer that came in the fragment to the server, as if it had come in the query. */
  fragment: `const answer = location.hash.slice(1);
if (location.search === '' && new URLSearchParams(answer).has('state')) location.replace(location.pathname + '?' + answer);
`,
} as const;
