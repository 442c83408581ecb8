/** The same members, those that may be undefined as optional ones. */
export type WithoutUndefined<Members extends object> = Flat<
  { readonly [Name in keyof Members as undefined extends Members[Name] ? never : Name]: Members[Name] } & {
    readonly [Name in keyof Members as undefined extends Members[Name] ? Name : never]?: Exclude<
      Members[Name],
      undefined
    >;
  }
>;

type Flat<Members> = { readonly [Name in keyof Members]: Members[Name] };

/**
 * A copy without the members that are undefined, in the same order: for optional members whose value may not be
 * there. What is left out and what is undefined are not the same in JSON, in a spread and to
 * `exactOptionalPropertyTypes`.
 */
export function omitUndefined<const Members extends object>(members: Members): WithoutUndefined<Members> {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as WithoutUndefined<Members>;
}
