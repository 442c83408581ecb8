/** A web address for a report, cut short and without what it may hold of secrets. */
export function describeAddress(text: string): string {
  return text
    .slice(0, 200)
    .replace(/\/\/[^/?#]*@/, '//…@')
    .replace(/[?#].*$/s, '?…')
    .replace(/[\p{C}"\\]/gu, '?')
    .slice(0, 120);
}
