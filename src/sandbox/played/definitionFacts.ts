import type { ConnectableDefinition } from '../../definitions/connectable.ts';

/** How a provider is connected, for code that plays it. */
export type Auth = ConnectableDefinition['auth'];
/** A call of its own with which a grant is given back. */
export type RevocationCall = Extract<Auth['revoke'], { readonly by: 'call' }>;
/** A call that tells who the person is. */
export type CalledSource = Extract<Auth['userID'][number], { readonly from: 'call' }>;
