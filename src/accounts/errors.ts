import { defineProblem } from '../platform/errors/defineProblem.ts';

/** Between the checks of an import and its writing, something else took an account, a number or a name of it. */
export const importCollided = defineProblem({
  code: 'import-collided',
  status: 409,
  title: 'An import met a change made at the same moment',
  help: 'Nothing was stored. Import again: what changed meanwhile is then seen, and named if it is in the way.',
});
