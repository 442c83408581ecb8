import { defineProblem } from '../errors/defineProblem.ts';

/** A parameter, field, header or document of a request is not what its description says. */
export const invalidRequest = defineProblem({
  code: 'invalid-request',
  status: 400,
  title: 'The request is not well-formed',
  help: 'The detail names the part that is wrong and what is allowed there. Correct it and send the request again.',
});

/** There is no such path or thing, or the caller may not know of it: both are answered alike. */
export const notFound = defineProblem({
  code: 'not-found',
  status: 404,
  title: 'Nothing is here for you',
  help: 'Check the path. What does not exist and what is not yours are answered alike.',
});

/** A request was begun and not sent to its end in time. */
export const requestTooSlow = defineProblem({
  code: 'request-too-slow',
  status: 408,
  title: 'The request did not come to its end in time',
  help: 'Send it again, in one go: the headers within half a minute, all of it within a minute.',
});

/** The body is longer than its route reads. */
export const payloadTooLarge = defineProblem({
  code: 'payload-too-large',
  status: 413,
  title: 'The request body is too large',
  help: 'Send less at once.',
});

/** The body has a Content-Type that its route does not read. */
export const unsupportedMediaType = defineProblem({
  code: 'unsupported-media-type',
  status: 415,
  title: 'The request body has a type that is not read here',
  help: 'Send the media type that the API description names for this operation.',
});

/** The request line and headers are longer than Node reads; nothing of the request was understood. */
export const headersTooLarge = defineProblem({
  code: 'headers-too-large',
  status: 431,
  title: 'The request line or headers are too large',
  help: 'Send shorter lists; several requests with a part of the list each give the same rows.',
});

/** A bug or a broken invariant: whatever was thrown that is not a failure we know. The log has its place. */
export const internalError = defineProblem({
  code: 'internal-error',
  status: 500,
  title: 'The service failed',
  help: 'The service has logged what happened. Try again later; if it stays, tell whoever operates it the time of the request.',
});

/** The process is stopping, or the database cannot do its work now. */
export const unavailable = defineProblem({
  code: 'unavailable',
  status: 503,
  title: 'The service is not able to answer now',
  help: 'It is starting, stopping, or its database cannot be reached. Try again after a short while.',
});
