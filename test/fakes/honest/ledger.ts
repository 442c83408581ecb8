import type { Provider } from 'oidc-provider';

/** Something that the server gave out, and what has become of it. */
export interface IssuedToken {
  readonly kind: 'AuthorizationCode' | 'AccessToken' | 'RefreshToken';
  readonly value: string;
  readonly clientID: string | undefined;
  readonly personID: string | undefined;
  readonly grantID: string | undefined;
  readonly scopes: readonly string[];
  state: 'alive' | 'used' | 'revoked';
}

/** Everything that the honest server saw and did, from its own events; in memory, for as long as it runs. */
export interface HonestLedger {
  /** Parameters as they were sent, a repeated one as a list. */
  readonly authorizationRequests: readonly Readonly<Record<string, unknown>>[];
  readonly authorizationAnswers: readonly { readonly error?: string; readonly clientID?: string }[];
  readonly tokenRequests: readonly {
    readonly grantType: string | undefined;
    readonly clientID: string | undefined;
    readonly outcome: string;
  }[];
  readonly tokens: readonly IssuedToken[];
  readonly revocations: readonly { readonly clientID: string | undefined }[];
  readonly dataRequests: readonly { readonly path: string; readonly status: number }[];
}

export type OpenLedger = { [Part in keyof HonestLedger]: HonestLedger[Part][number][] };

export function createLedger(): OpenLedger {
  return {
    authorizationRequests: [],
    authorizationAnswers: [],
    tokenRequests: [],
    tokens: [],
    revocations: [],
    dataRequests: [],
  };
}

interface TokenModel {
  readonly jti: string;
  readonly kind: string;
  readonly clientId?: string | undefined;
  readonly accountId?: string | undefined;
  readonly grantId?: string | undefined;
  readonly scope?: string | undefined;
}

/** Fills the ledger from the events of the server. */
export function recordEvents(provider: Provider, ledger: OpenLedger): void {
  const issue = (token: TokenModel) => {
    ledger.tokens.push({
      kind: token.kind as IssuedToken['kind'],
      // Tokens of this server are opaque: the identifier is the token.
      value: token.jti,
      clientID: token.clientId,
      personID: token.accountId,
      grantID: token.grantId,
      scopes: token.scope?.split(' ') ?? [],
      state: 'alive',
    });
  };
  const change = (state: IssuedToken['state']) => (token: TokenModel) => {
    for (const issued of ledger.tokens) if (issued.value === token.jti) issued.state = state;
  };
  provider.on('authorization_code.saved', issue);
  provider.on('access_token.saved', issue);
  provider.on('refresh_token.saved', issue);
  provider.on('authorization_code.destroyed', change('revoked'));
  provider.on('access_token.destroyed', change('revoked'));
  provider.on('refresh_token.destroyed', change('revoked'));
  provider.on('authorization_code.consumed', change('used'));
  provider.on('refresh_token.consumed', change('used'));
  provider.on('grant.revoked', (_context, grantID) => {
    for (const issued of ledger.tokens) if (issued.grantID === grantID) issued.state = 'revoked';
  });
  provider.on('authorization.success', ({ oidc }) => {
    ledger.authorizationAnswers.push({ ...clientOf(oidc) });
  });
  provider.on('authorization.error', ({ oidc }, error) => {
    ledger.authorizationAnswers.push({ ...clientOf(oidc), error: error.message });
  });
  provider.on('grant.success', ({ oidc }) => {
    ledger.tokenRequests.push({ ...describeRequest(oidc), outcome: 'granted' });
  });
  provider.on('grant.error', ({ oidc }, error) => {
    ledger.tokenRequests.push({ ...describeRequest(oidc), outcome: error.message });
  });
}

interface Context {
  readonly client?: { readonly clientId: string } | undefined;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
}

function clientOf({ client }: Context): { readonly clientID?: string } {
  return client === undefined ? {} : { clientID: client.clientId };
}

function describeRequest({ client, params }: Context) {
  const grantType = params?.['grant_type'];
  return { clientID: client?.clientId, grantType: typeof grantType === 'string' ? grantType : undefined };
}
