import { defineProblem } from '../platform/errors/defineProblem.ts';

/** The request carries no token that is valid here: none, an ended or revoked one, or one of the wrong kind. */
export const unauthorized = defineProblem({
  code: 'unauthorized',
  status: 401,
  title: 'A valid access token is needed',
  help: 'Get an access token from the token endpoint and send it as "Authorization: Bearer TOKEN". Tokens end after the time that expires_in told, and at once when their service account or key is revoked.',
});

/** A participant's token lacks the scope of the route. */
export const insufficientScope = defineProblem({
  code: 'insufficient-scope',
  status: 403,
  title: 'The access token does not allow this',
  help: 'Get a participant token with the scope that the WWW-Authenticate header names, or with "api", which stands for all of them.',
});

/** The project, or the address of a caller without a token, has used up its requests of the hour. */
export const rateLimitExceeded = defineProblem({
  code: 'rate-limit-exceeded',
  status: 429,
  title: 'The requests of this hour are used up',
  help: 'Wait for the number of seconds that Retry-After and RateLimit-Reset tell. The operator of the service sets the limit.',
});

/** An operator gives a new service account a name that is empty, too long, or has characters that nobody sees. */
export const serviceAccountNameUnusable = defineProblem({
  code: 'service-account-name-unusable',
  status: 400,
  title: 'The text cannot be the name of a service account',
  help: 'A name has 1 to 200 characters, no control characters, and no space at its ends.',
});

/** A service account of any project, also a revoked one, has the name. */
export const serviceAccountNameTaken = defineProblem({
  code: 'service-account-name-taken',
  status: 409,
  title: 'A service account of this name exists',
  help: 'Names are unique in the whole installation, and a revoked account keeps its name. Choose another one.',
});

/** An operator names a service account that the project does not have, or that is revoked. */
export const noSuchServiceAccount = defineProblem({
  code: 'no-such-service-account',
  status: 404,
  title: 'The project has no such service account',
  help: 'List the service accounts of the project. A revoked account cannot be used or changed any more.',
});

/** What an operator gives as a public key is none that is accepted here, or a private one. */
export const publicKeyUnusable = defineProblem({
  code: 'public-key-unusable',
  status: 400,
  title: 'The text is not a public key that can be used here',
  help: 'Give one public key: an X.509 certificate, SPKI ("BEGIN PUBLIC KEY") or PKCS#1 ("BEGIN RSA PUBLIC KEY") in PEM, or a JWK. RSA with 2048 to 8192 bits, P-256, P-384 or Ed25519. Keep the private key to yourself.',
});

/** A key is added that the service account has, or had before it was revoked. */
export const publicKeyKnown = defineProblem({
  code: 'public-key-known',
  status: 409,
  title: 'The service account has or had this public key',
  help: 'Make a new key pair. A key that was revoked cannot come back.',
});

/** A key is added to a service account that has two live ones. */
export const tooManyKeys = defineProblem({
  code: 'too-many-keys',
  status: 409,
  title: 'The service account has two public keys already',
  help: 'Revoke one of the two first.',
});

/** No live key, or more than one, has the beginning by which an operator names it. */
export const noSuchPublicKey = defineProblem({
  code: 'no-such-public-key',
  status: 404,
  title: 'The service account has no such public key',
  help: 'Name a live key by its thumbprint, or by enough of its beginning (4 characters or more) to tell it from the other one.',
});
