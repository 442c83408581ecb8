/** What the hostile server got hold of. */
export interface Loot {
  readonly states: readonly string[];
  readonly codes: readonly string[];
  readonly verifiers: readonly string[];
  readonly assertions: readonly string[];
  readonly secrets: readonly string[];
  readonly refreshTokens: readonly string[];
  readonly accessTokens: readonly string[];
  /** Every request: method, address, and the body as it came. */
  readonly requests: readonly { readonly method: string; readonly url: string; readonly body: string }[];
}

export type OpenLoot = { [Part in keyof Loot]: Loot[Part][number][] };

export function createLoot(): OpenLoot {
  return {
    states: [],
    codes: [],
    verifiers: [],
    assertions: [],
    secrets: [],
    refreshTokens: [],
    accessTokens: [],
    requests: [],
  };
}

/** Takes whatever of use is in a request. */
export function rob(
  loot: OpenLoot,
  found: { readonly url: URL; readonly body: string; readonly authorization: string | undefined },
): void {
  for (const parameters of [found.url.searchParams, new URLSearchParams(found.body)]) {
    loot.states.push(...parameters.getAll('state'));
    loot.codes.push(...parameters.getAll('code'));
    loot.verifiers.push(...parameters.getAll('code_verifier'));
    loot.assertions.push(...parameters.getAll('client_assertion'));
    loot.secrets.push(...parameters.getAll('client_secret'));
    loot.refreshTokens.push(...parameters.getAll('refresh_token'));
  }
  const [, scheme, proof = ''] = /^(Basic|Bearer) (.+)$/.exec(found.authorization ?? '') ?? [];
  if (scheme === 'Basic') loot.secrets.push(Buffer.from(proof, 'base64').toString());
  if (scheme === 'Bearer') loot.accessTokens.push(proof);
}
