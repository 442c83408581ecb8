import type { ConnectableDefinition } from '../../definitions/connectable.ts';

/** Parts of a definition under names of their own, for code that plays one part of a provider. */
export type Auth = ConnectableDefinition['auth'];
export type Scope = Auth['scopes'][number];
/** What becomes of the old token at a refresh. */
export type RefreshPolicy = Auth['refresh'];
/** A call of its own with which a grant is given back. */
export type RevocationCall = Extract<Auth['revoke'], { readonly by: 'call' }>;
/** A call as a definition writes it. */
export type ApiCall = CalledSource['call'];
/** A call that tells who the person is. */
export type CalledSource = Extract<Auth['userID'][number], { readonly from: 'call' }>;
/** A call that completes a connection. */
export type ConnectCall = NonNullable<Auth['afterConnect']>[number];
export type ClientAuthentication = Auth['clientAuthentication'][number];
