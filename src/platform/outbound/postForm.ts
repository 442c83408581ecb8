/** What came back from a form post: the status and at most 64 KiB of body as text. */
export interface FormAnswer {
  readonly status: number;
  readonly body: string;
}

const bodyBytesMax = 64 * 1024;

/**
 * Posts a form (`application/x-www-form-urlencoded`) and gives the answer whatever its status. Redirects are not
 * followed: a form may carry a credential.
 *
 * @throws {Error} when nothing answers within `timeoutMs`, or the answer is longer than 64 KiB
 */
export async function postForm(
  url: URL,
  fields: Readonly<Record<string, string>>,
  timeoutMs: number,
): Promise<FormAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams(fields),
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  });
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += (chunk as Uint8Array).length;
    if (bytes > bodyBytesMax) throw new Error('the answer is too long');
    chunks.push(chunk as Uint8Array);
  }
  return { status: response.status, body: Buffer.concat(chunks).toString('utf8') };
}
