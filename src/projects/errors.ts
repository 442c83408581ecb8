import { defineProblem } from '../platform/errors/defineProblem.ts';

export const noSuchProject = defineProblem({
  code: 'no-such-project',
  status: 404,
  title: 'There is no such project',
  help: 'Check the project ID; `tributary project list` shows those that exist.',
});

export const projectNameTaken = defineProblem({
  code: 'project-name-taken',
  status: 409,
  title: 'Another project has this name or this ID',
  help: 'Choose another name, or leave the ID out to get a new one.',
});

export const projectNameUnusable = defineProblem({
  code: 'project-name-unusable',
  status: 400,
  title: 'The project cannot have this name',
  help: 'A name has 1 to 200 characters.',
});

export const redirectTargetUnusable = defineProblem({
  code: 'redirect-target-unusable',
  status: 400,
  title: 'Participants cannot be sent back to this',
  help: 'Name an origin, `https://study.example.org`, or the scheme of an app, `myapp:`. Only a service on the same machine can be named with `http`.',
});
