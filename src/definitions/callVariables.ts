/**
 * What `{variables}` of calls stand for, beside those of regions and settings. Each is known at some point of a
 * connection only; whoever makes a call fills in what it has.
 */
export const callVariables = {
  clientID: 'our identifier at the vendor',
  clientSecret: 'our secret at the vendor',
  redirectUri: 'where the vendor sends participants back to',
  userID: 'the vendor’s name for the person',
  accountID: 'our number of the account',
  fhirBase: 'base address of the FHIR server',
  webhookUrl: 'where the vendor reports what is new',
  webhookSecret: 'the unguessable part of that address, or what the vendor repeats to prove itself',
  subscriptionID: 'the vendor’s name for our subscription',
  nowS: 'Unix time in seconds',
} as const;

/** A variable in a text; split by it, every second part is a name. */
export const variablePattern = /\{([A-Za-z_]\w*)\}/g;

/** Names of the variables in a text, in order. */
export function variablesIn(text: string): readonly string[] {
  return [...text.matchAll(variablePattern)].map(([, name]) => name ?? '');
}

/** The text with the values in place of its variables; what has no value stays as it is. */
export function fillIn(text: string, values: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(variablePattern, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}
