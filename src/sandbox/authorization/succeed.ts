import type { PlayedProvider } from '../played/playedProvider.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';
import { setPath } from './setPath.ts';

/**
 * A success in the vendor's form: with the field in its answers that says so (Withings: `status`, COROS: `result`).
 *
 * @param optional whether an answer that may leave the field out does; the status is 200 unless given
 */
export function succeed(
  { auth }: Pick<PlayedProvider, 'auth'>,
  body: Readonly<Record<string, unknown>>,
  { optional = false, status = 200 }: { readonly optional?: boolean; readonly status?: number } = {},
): SandboxAnswer {
  if (status === 204) return { status };
  const { succeedsWhen } = auth.tokenAnswer;
  const json: Record<string, unknown> = {};
  if (succeedsWhen !== undefined && !(optional && succeedsWhen.orAbsent === true))
    setPath(json, succeedsWhen.path, succeedsWhen.equals);
  return { status, json: { ...json, ...body } };
}
