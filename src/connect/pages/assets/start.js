// @ts-check
/**
 * Proves the verifier of the fragment, takes it out of the address at once, and goes where the server says when the
 * participant clicks. The text of the page is only ever set as text.
 *
 * @import { StepBody } from '../../browser/stepBody.ts'
 */

const link = location.pathname.replace(/\/+$/, '');
// Kept beside the address until it is proved, so that the page can be loaded again after a failure of the network.
/** @type {unknown} */
const state = history.state;
const kept = /** @type {{ readonly verifier?: string } | null} */ (state);
const verifier = new URLSearchParams(location.hash.slice(1)).get('verifier') ?? kept?.verifier;
history.replaceState({ verifier }, '', location.pathname);

const wait = find(document, '#wait', HTMLElement);
const content = find(document, '#content', HTMLElement);
const buttons = {
  continue: find(document, '#continue', HTMLButtonElement),
  cancel: find(document, '#cancel', HTMLButtonElement),
};

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

/**
 * @param {string} name of a step, or an address
 * @param {Record<string, string>} fields
 */
async function post(name, fields) {
  const body = new URLSearchParams(fields);
  const answer = await fetch(name.includes('/') ? name : `${link}/${name}`, {
    method: 'POST',
    body,
    redirect: 'error',
  });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  /** @type {unknown} */
  const next = await answer.json();
  return /** @type {StepBody} */ (next);
}

/** @param {Extract<StepBody, { outcome: 'ended' }>} ending */
function show({ title, sentence, again, back }) {
  const problem = find(document, '#problem', HTMLElement);
  find(problem, 'h2', HTMLElement).textContent = title;
  find(problem, 'p', HTMLElement).textContent = sentence;
  const actions = find(problem, '.actions', HTMLElement);
  const lead = find(actions, 'a', HTMLAnchorElement);
  const retry = find(actions, 'button', HTMLButtonElement);
  if (back) lead.href = back;
  lead.hidden = back === undefined;
  retry.textContent = again?.label ?? '';
  retry.hidden = again === undefined;
  retry.onclick = () => void tryAgain(again?.address ?? '', retry);
  retry.disabled = false;
  actions.hidden = lead.hidden && retry.hidden;
  wait.hidden = true;
  content.hidden = true;
  problem.hidden = false;
}

/**
 * @param {string} address
 * @param {HTMLButtonElement} retry
 */
async function tryAgain(address, retry) {
  retry.disabled = true;
  const next = await step(address);
  if (next.outcome === 'go') location.assign(next.address);
  else if (next.outcome === 'ended') show(next);
}

/**
 * @param {string} name
 * @param {Record<string, string>} [fields]
 * @returns {Promise<StepBody>}
 */
async function step(name, fields = {}) {
  try {
    return await post(name, fields);
  } catch {
    return {
      outcome: 'ended',
      title: 'Please try again',
      sentence:
        'We could not be reached, or could not answer. Check your connection to the internet, wait a minute, then load this page again.',
    };
  }
}

/** @param {boolean} blocked */
function block(blocked) {
  for (const button of Object.values(buttons)) button.disabled = blocked;
}

/** @param {keyof typeof buttons} name */
async function go(name) {
  block(true);
  const next = await step(name);
  if (next.outcome === 'go') location.assign(next.address);
  else if (next.outcome === 'ended') show(next);
}

buttons.continue.addEventListener('click', () => void go('continue'));
buttons.cancel.addEventListener('click', () => void go('cancel'));
addEventListener('pageshow', (event) => {
  if (event.persisted) block(false);
});

// One tab after the other: two without a cookie would each be given one, and the later would replace the earlier.
const open = () => step('open', verifier === undefined ? {} : { verifier });
const opened = await ('locks' in navigator ? navigator.locks.request('open', open) : open());
if (opened.outcome === 'opened') {
  history.replaceState(null, '', location.pathname);
  wait.hidden = true;
  content.hidden = false;
  find(document, '#title', HTMLElement).focus();
} else if (opened.outcome === 'go') location.replace(opened.address);
else show(opened);
