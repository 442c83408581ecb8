import type { Operation } from '../ledger/ledger.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { ReceivedCall } from './receiveCall.ts';
import type { SandboxAnswer } from './sandboxCall.ts';

/** What a call is for, whose it is as far as it says, and how it is answered. To find it changes nothing. */
export interface SandboxRoute {
  readonly operation: Operation;
  readonly person?: string;
  readonly answer: () => SandboxAnswer | Promise<SandboxAnswer>;
}

/** Looks at a call and says what it is, or undefined when it is none of its kind. */
export type FindRoute = (provider: PlayedProvider, call: ReceivedCall) => SandboxRoute | undefined;
