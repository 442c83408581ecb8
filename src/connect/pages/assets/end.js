// @ts-check
/**
 * Begins another journey from the page on which one has ended, and goes where the server says.
 *
 * @import { StepBody } from '../../browser/stepBody.ts'
 */

const button = document.querySelector('#again');
const problem = document.querySelector('#problem');
if (!(button instanceof HTMLButtonElement) || !(problem instanceof HTMLElement))
  throw new Error('The page has no button to try again');

/** @param {string} sentence */
function tell(sentence) {
  if (!(problem instanceof HTMLElement)) return;
  problem.textContent = sentence;
  problem.hidden = sentence === '';
}

/** @returns {Promise<StepBody | undefined>} undefined where nobody answered */
async function ask() {
  try {
    const answer = await fetch(String(button instanceof HTMLElement && button.dataset['address']), {
      method: 'POST',
      redirect: 'error',
    });
    /** @type {unknown} */
    const body = answer.ok ? await answer.json() : undefined;
    return /** @type {StepBody | undefined} */ (body);
  } catch {
    return undefined;
  }
}

button.addEventListener('click', () => {
  button.disabled = true;
  tell('');
  void ask().then((next) => {
    if (next?.outcome === 'go') {
      location.assign(next.address);
      return;
    }
    button.disabled = false;
    tell(
      next?.outcome === 'ended'
        ? `${next.title}. ${next.sentence}`
        : 'We could not be reached, or could not answer. Check your connection to the internet and try again in a minute.',
    );
  });
});
addEventListener('pageshow', (event) => {
  if (event.persisted) button.disabled = false;
});
