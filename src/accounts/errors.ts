import { defineProblem } from '../platform/errors/defineProblem.ts';

export const importCollided = defineProblem({
  code: 'import-collided',
  status: 409,
  title: 'An import met a change made at the same moment',
  help: 'Nothing was stored. Import again: what changed meanwhile is then seen, and named if it is in the way.',
});
