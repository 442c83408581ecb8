/* global Response, document, fetch, location, window */
/**
 * The study's own page: what a study writes around the platform's SDK, which is loaded as it was published. Its
 * server says whose page it is.
 */
import sdk from '/sdk.js';

const field = (name) => document.getElementById(name);

/** Shows what became of a call, as far as a page can know it: a value, or what was thrown. */
function show(call) {
  field('outcome').value = '';
  call.then(
    (value) => tell({ value: value instanceof Response ? { status: value.status } : value }),
    (thrown) => tell({ thrown: thrown === undefined ? null : String(thrown) }),
  );
}

function tell(outcome) {
  field('outcome').value = JSON.stringify(outcome);
}

/** Any method of the SDK, for tests that ask what it gives. */
window.callSdk = (method, words) => show(Promise.resolve().then(() => sdk[method](...words)));

function connect(options) {
  const returnTo = field('returnTo').value;
  show(
    sdk.connectExternalAccount(Number(field('number').value), {
      ...options,
      ...(returnTo === '' ? {} : { standaloneModeFinalRedirectPath: returnTo }),
    }),
  );
}

// Straight from the click: a browser opens a window for nothing else.
field('connectInPopup').onclick = () => connect({ openNewWindow: true, width: 480, height: 640 });
field('connectHere').onclick = () => connect({});

field('zone').value = Intl.DateTimeFormat().resolvedOptions().timeZone;
const answer = await fetch('/session');
if (answer.ok) {
  const { accessToken, lifetimeS, baseUrl } = await answer.json();
  sdk.setParticipantAccessToken(
    { access_token: accessToken, expires_in: lifetimeS, token_type: 'Bearer' },
    baseUrl,
  );
  document.body.dataset.ready = location.pathname;
}
