import type { ConnectableDefinition } from '../../definitions/connectable.ts';

/** Parts of a definition under names of their own, for code that plays one part of a provider. */
export type Auth = ConnectableDefinition['auth'];
export type Scope = Auth['scopes'][number];
export type RefreshPolicy = Auth['refresh'];
export type RevocationCall = Extract<Auth['revoke'], { readonly by: 'call' }>;
export type ApiCall = Extract<Auth['userID'], { readonly from: 'call' }>['call'];
export type ConnectCall = NonNullable<Auth['afterConnect']>[number];
export type ClientAuthentication = Auth['clientAuthentication'][number];
