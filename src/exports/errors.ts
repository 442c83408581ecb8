import { defineProblem } from '../platform/errors/defineProblem.ts';

/** An export is asked for while this process writes as many as it may. */
export const tooManyExports = defineProblem({
  code: 'too-many-exports',
  status: 503,
  title: 'As many exports are running as may run at once',
  help: 'Wait until one has finished; Retry-After says when to try again. The operator sets how many may run.',
});
