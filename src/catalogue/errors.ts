import { defineProblem } from '../platform/errors/defineProblem.ts';

/** The file that an operator gives as a logo is no image of a known kind, or larger than is decoded. */
export const logoUnusable = defineProblem({
  code: 'logo-unusable',
  status: 422,
  title: 'The file cannot become a logo',
  help: 'Give a PNG, JPEG, WebP or GIF image of at most 5 MiB, 64 MiB unpacked and 16,384 pixels a side. The logo is as it was before.',
});

/** Somebody names a provider that the database does not have. */
export const noSuchProvider = defineProblem({
  code: 'no-such-provider',
  status: 404,
  title: 'There is no such provider',
  help: 'Check the number; `tributary providers list` shows those that exist.',
});

/** A file with a study's choice of providers is not JSON of the form that `catalogue show --json` prints. */
export const catalogueFileUnusable = defineProblem({
  code: 'catalogue-file-unusable',
  status: 422,
  title: "A study's catalogue cannot be read from the file",
  help: 'The detail names the place and what is wrong there. The form is in docs/guides/catalogue.md. Nothing was changed.',
});
