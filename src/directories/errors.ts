import { defineProblem } from '../platform/errors/defineProblem.ts';

/**
 * A directory's file is not of its format, is cut off or too large: what it lists cannot be told from what it no
 * longer does.
 */
export const directoryUnreadable = defineProblem({
  code: 'directory-unreadable',
  status: 422,
  title: 'A provider directory cannot be read',
  help: 'The detail names the file and what is wrong with it. Nothing was imported, from any of the files.',
});

/** The name of a directory cannot be typed or is too long, or is given where the files say it themselves. */
export const directoryMisnamed = defineProblem({
  code: 'directory-misnamed',
  status: 422,
  title: 'A provider directory has no usable name',
  help: 'The detail says which names are allowed. Nothing was imported.',
});

/** A directory that listed providers would list none of them any more, and nobody said that this is meant. */
export const directoryEmpty = defineProblem({
  code: 'directory-empty',
  status: 422,
  title: 'A provider directory lists nothing any more',
  help: 'All its providers would be retired. If that is what you want, import it again with --allow-empty. Nothing was imported.',
});
