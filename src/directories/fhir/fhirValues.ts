import { isObject } from '../../platform/members/isObject.ts';

/** A JSON object of which nothing is known yet. */
export type Unknowns = Readonly<Record<string, unknown>>;

/** Anything in FHIR that a directory has more than so many of in one place is cut. */
const listMax = 200;

/** The objects of a list; a single object counts as a list of one, anything else as nothing. */
export function objectsOf(value: unknown): Unknowns[] {
  const list = Array.isArray(value) ? value.slice(0, listMax) : [value];
  return list.filter(isObject);
}

/** The texts of a list; a single text counts as a list of one. */
export function textsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value.slice(0, listMax) : [value];
  return list.filter((item) => typeof item === 'string');
}

/** The text, or an empty one for anything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The object, or an empty one for anything else. */
export function objectOf(value: unknown): Unknowns {
  return isObject(value) ? value : {};
}

/** Codes of a Coding, a CodeableConcept or lists of them: releases of FHIR differ. */
export function codesOf(value: unknown): { readonly system: string; readonly code: string }[] {
  return objectsOf(value)
    .flatMap((item) => (item.coding === undefined ? [item] : objectsOf(item.coding)))
    .map(({ system, code }) => ({ system: textOf(system), code: textOf(code) }))
    .filter(({ code }) => code !== '');
}

/** Parts of an element's extensions with this last word of their address: `organization-portal`. */
export function extensionsOf(element: Unknowns, name: string): Unknowns[] {
  return objectsOf(element.extension).filter(({ url }) => textOf(url).split('/').at(-1) === name);
}
