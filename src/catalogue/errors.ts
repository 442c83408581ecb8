import { defineProblem } from '../platform/errors/defineProblem.ts';

export const directoryUnreadable = defineProblem({
  code: 'directory-unreadable',
  status: 422,
  title: 'A provider directory cannot be read',
  help: 'The detail names the file and what is wrong with it. Nothing was imported, from any of the files.',
});
