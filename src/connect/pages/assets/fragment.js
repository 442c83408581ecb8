// @ts-check
/** Brings an answer that came in the fragment to the server, as if it had come in the query. */
const answer = location.hash.slice(1);
if (location.search === '' && new URLSearchParams(answer).has('state'))
  location.replace(`${location.pathname}?${answer}`);
