import { dig, type Reply, type SandboxClient } from './sandboxClient.ts';

/** Gives the consent back as the definition says; undefined where the vendor has no call. */
export async function revoke(
  client: SandboxClient,
  got: { access: string; refresh: string },
  userID: string,
): Promise<Reply | undefined> {
  const { auth } = client;
  const how = auth.revoke;
  if (how.by === 'participant') return undefined;
  if (how.by === 'discovery') {
    const proof = await client.prove(auth.clientAuthentication[0], `${client.base}/oauth2/revoke`);
    const token = auth.refresh.policy === 'none' ? got.access : got.refresh;
    return client.send('POST', `${client.base}/oauth2/revoke`, {
      headers: proof.headers,
      form: { token, ...proof.form },
    });
  }
  const token = how.token === 'access' ? got.access : got.refresh;
  const secret = { id: client.credentials.clientID, secret: client.credentials.clientSecret?.reveal() ?? '' };
  const sign = (form: Record<string, string>) => (how.sign === undefined ? form : how.sign(form, secret));
  const fillAll = (form: Readonly<Record<string, string>> = {}, more: Record<string, string> = {}) =>
    Object.fromEntries(Object.entries(form).map(([name, value]) => [name, client.fill(value, more)]));
  let nonce = '';
  if (how.firstAsk !== undefined) {
    const { call, path } = how.firstAsk;
    const reply = await client.send(call.method, client.fill(call.url), { form: sign(fillAll(call.form)) });
    nonce = String(dig(reply.json, path));
  }
  const proof =
    how.authentication === 'client_secret_basic' || how.authentication === 'client_secret_post'
      ? await client.prove({ method: how.authentication }, '')
      : { headers: how.authentication === 'bearer' ? { authorization: `Bearer ${token}` } : {}, form: {} };
  const url = new URL(client.fill(how.url, { userID }));
  const form = { ...sign(fillAll(how.form, { userID, nonce })), ...proof.form };
  if (how.tokenIn?.place === 'query') url.searchParams.set(how.tokenIn.name, token);
  if (how.tokenIn?.place === 'form') Object.assign(form, { [how.tokenIn.name]: token });
  return client.send(how.method, url.href, {
    headers: proof.headers,
    ...(Object.keys(form).length > 0 && how.method !== 'GET' && how.method !== 'DELETE' && { form }),
  });
}
