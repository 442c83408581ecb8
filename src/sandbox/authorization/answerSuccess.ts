import { writePath } from '../../definitions/writePath.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';
import type { SandboxAnswer } from '../server/sandboxCall.ts';

/**
 * A success in the vendor's form: with the field in its answers that says so (Withings: `status`, COROS: `result`).
 *
 * @param optional whether an answer that may leave the field out does; the status is 200 unless given
 */
export function answerSuccess(
  { auth }: Pick<PlayedProvider, 'auth'>,
  body: Readonly<Record<string, unknown>>,
  { optional = false, status = 200 }: { readonly optional?: boolean; readonly status?: number } = {},
): SandboxAnswer {
  if (status === 204) return { status };
  const { succeedsWhen } = auth.tokenAnswer;
  if (succeedsWhen === undefined || (optional && succeedsWhen.orAbsent === true))
    return { status, json: body };
  return { status, json: { ...writePath({}, succeedsWhen.path, succeedsWhen.equals), ...body } };
}
