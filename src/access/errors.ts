import { defineProblem } from '../platform/errors/defineProblem.ts';

export const unauthorized = defineProblem({
  code: 'unauthorized',
  status: 401,
  title: 'A valid access token is needed',
  help: 'Get an access token from the token endpoint and send it as "Authorization: Bearer TOKEN". Tokens end after the time that expires_in told, and at once when their service account or key is revoked.',
});

export const insufficientScope = defineProblem({
  code: 'insufficient-scope',
  status: 403,
  title: 'The access token does not allow this',
  help: 'Get a participant token with the scope that the WWW-Authenticate header names, or with "api", which stands for all of them.',
});

export const rateLimitExceeded = defineProblem({
  code: 'rate-limit-exceeded',
  status: 429,
  title: 'The requests of this hour are used up',
  help: 'Wait for the number of seconds that Retry-After and RateLimit-Reset tell. The operator of the service sets the limit.',
});

export const serviceAccountNameUnusable = defineProblem({
  code: 'service-account-name-unusable',
  status: 400,
  title: 'The text cannot be the name of a service account',
  help: 'A name has 1 to 200 characters, no control characters, and no space at its ends.',
});

export const serviceAccountNameTaken = defineProblem({
  code: 'service-account-name-taken',
  status: 409,
  title: 'A service account of this name exists',
  help: 'Names are unique in the whole installation, and a revoked account keeps its name. Choose another one.',
});

export const noSuchServiceAccount = defineProblem({
  code: 'no-such-service-account',
  status: 404,
  title: 'The project has no such service account',
  help: 'List the service accounts of the project. A revoked account cannot be used or changed any more.',
});

export const publicKeyUnusable = defineProblem({
  code: 'public-key-unusable',
  status: 400,
  title: 'The text is not a public key that can be used here',
  help: 'Give one public key: an X.509 certificate, SPKI ("BEGIN PUBLIC KEY") or PKCS#1 ("BEGIN RSA PUBLIC KEY") in PEM, or a JWK. RSA with 2048 to 8192 bits, P-256, P-384 or Ed25519. Keep the private key to yourself.',
});

export const publicKeyKnown = defineProblem({
  code: 'public-key-known',
  status: 409,
  title: 'The service account has or had this public key',
  help: 'Make a new key pair. A key that was revoked cannot come back.',
});

export const tooManyKeys = defineProblem({
  code: 'too-many-keys',
  status: 409,
  title: 'The service account has two public keys already',
  help: 'Revoke one of the two first.',
});

export const noSuchPublicKey = defineProblem({
  code: 'no-such-public-key',
  status: 404,
  title: 'The service account has no such public key',
  help: 'Name a live key by its thumbprint, or by enough of its beginning (4 characters or more) to tell it from the other one.',
});
