/**
 * Why keys cannot be used, found or changed, in words for the operator: what is wrong, what was changed, and what to
 * do. Names keys and files, never what a key is.
 */
export class KeyTrouble extends Error {}
