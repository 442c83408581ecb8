import type { ConnectableDefinition } from '../../definitions/connectable.ts';
import type { judgeError, phases } from '../../definitions/judgeError.ts';

/** Parts of a definition under names of their own, for code that plays one part of a provider. */
export type Auth = ConnectableDefinition['auth'];
export type Scope = Auth['scopes'][number];
export type RefreshPolicy = Auth['refresh'];
export type RevokeCall = Extract<Auth['revoke'], { readonly by: 'call' }>;
export type ApiCall = Extract<Auth['userID'], { readonly from: 'call' }>['call'];
export type ConnectCall = NonNullable<Auth['afterConnect']>[number];
export type ClientAuthentication = Auth['clientAuthentication'][number];
export type ErrorRule = ConnectableDefinition['errors'][number];
export type Verdict = ReturnType<typeof judgeError>;
export type Phase = (typeof phases)[number];
