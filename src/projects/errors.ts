import { defineProblem } from '../platform/errors/defineProblem.ts';

/** An operator names a project that does not exist. */
export const noSuchProject = defineProblem({
  code: 'no-such-project',
  status: 404,
  title: 'There is no such project',
  help: 'Check the project ID; `tributary project list` shows those that exist.',
});

/** A project of the same name or the same ID exists. */
export const projectNameTaken = defineProblem({
  code: 'project-name-taken',
  status: 409,
  title: 'Another project has this name or this ID',
  help: 'Choose another name, or leave the ID out to get a new one.',
});

/** A new project is given a name that is blank or too long. */
export const projectNameUnusable = defineProblem({
  code: 'project-name-unusable',
  status: 400,
  title: 'The project cannot have this name',
  help: 'A name has 1 to 200 characters.',
});

/** What an operator lists is no origin or scheme of an app, or one to which nothing may be sent back. */
export const redirectTargetUnusable = defineProblem({
  code: 'redirect-target-unusable',
  status: 400,
  title: 'Participants cannot be sent back to this',
  help: 'Name an origin, `https://study.example.org`, or the scheme of an app, `myapp:`. Only a service on the same machine can be named with `http`.',
});
