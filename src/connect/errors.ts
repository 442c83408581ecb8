import { defineProblem } from '../platform/errors/defineProblem.ts';

/** A participant wants to connect a provider that is closed to her; the detail is the reason that she was shown. */
export const providerNotConnectable = defineProblem({
  code: 'provider-not-connectable',
  status: 409,
  title: 'The participant cannot connect this provider now',
  help: 'The detail is the sentence that the list of providers shows. Show it to the participant; nothing was begun.',
});

/** A journey is begun whose final address the study has not listed, or that browsers would read differently. */
export const redirectNotAllowed = defineProblem({
  code: 'redirect-not-allowed',
  status: 400,
  title: 'The study does not allow this address to return to',
  help: 'Send finalRedirectPath as an absolute address whose origin or app scheme the study has listed. An operator lists one with `tributary project redirect add`.',
});

/** A journey is begun without a verifier, in a study that does not allow that. */
export const verifierRequired = defineProblem({
  code: 'verifier-required',
  status: 400,
  title: 'A verifier is needed to connect',
  help: 'Send verifierHash, the base64url SHA-256 of a fresh verifier, and open the returned address with #verifier=… behind it, as the JavaScript SDK does since 5.5.0. A study with older clients allows them with `tributary project connect --without-verifier allow`.',
});

/** A request that only our own pages make has another origin, or none. */
export const notFromHere = defineProblem({
  code: 'not-from-here',
  status: 403,
  title: 'The request does not come from our own page',
  help: 'These addresses are for the pages of the connect journey alone. Send the participant to the address that the connect request returned.',
});
