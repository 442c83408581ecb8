import { defineProblem } from '../../platform/errors/defineProblem.ts';

/** A sample is asked for where participants are. */
export const projectNotEmpty = defineProblem({
  code: 'project-not-empty',
  status: 409,
  title: 'The project already has participants',
  help: 'Make a sample study in a project of its own, so that nobody takes invented people for real ones.',
});
