import { createHash, randomBytes } from 'node:crypto';
import type { ProviderObject } from '../../src/contract/provider.ts';
import type { StepBody } from '../../src/connect/browser/stepBody.ts';

/** What `npm start` tells with `--json`. */
export interface Rehearsal {
  readonly url: string;
  readonly studyPage: string;
  readonly sandbox: string;
}

interface OwnAccount {
  readonly id: number;
  readonly status: string;
  readonly provider: ProviderObject;
  readonly dataScopes?: string;
}

/** What she does at a provider's page. */
export interface Consent {
  readonly decision?: 'allow' | 'deny';
  /** Boxes that she clears; all others stay as the page has them. */
  readonly untick?: readonly string[];
}

/**
 * Somebody in front of the study's page, as a program: the requests of its script and of the pages behind it, by plain
 * HTTP, with nothing known but what the pages say.
 */
export class RehearsalVisitor {
  readonly #rehearsal: Rehearsal;
  readonly #cookies = new Map<string, string>();
  #token = '';

  constructor(rehearsal: Rehearsal) {
    this.#rehearsal = rehearsal;
  }

  /** What the page does first. */
  async arrive(): Promise<void> {
    const { studyPage, url } = this.#rehearsal;
    const { origin } = new URL(studyPage);
    const answer = await fetch(new URL('/session', studyPage), { method: 'POST', headers: { origin } });
    const session = (await answer.json()) as { serviceUrl: string; accessToken: string };
    if (session.serviceUrl !== url) throw new Error(`the page would ask ${session.serviceUrl}`);
    this.#token = session.accessToken;
  }

  listAccounts(): Promise<OwnAccount[]> {
    return this.#ask('GET', 'externalaccounts');
  }

  async deleteAccount(id: number): Promise<void> {
    await this.#ask('DELETE', `externalaccounts/delete/${id}`);
  }

  /** The provider of exactly this name. */
  async find(name: string): Promise<ProviderObject> {
    const provider = (await this.search({ search: name })).find((one) => one.name === name);
    if (provider === undefined) throw new Error(`${name} is not found`);
    return provider;
  }

  /** The first hundred that a search finds. */
  async search(parameters: Readonly<Record<string, string>>): Promise<ProviderObject[]> {
    const query = new URLSearchParams({ ...parameters, pageSize: '100' });
    const found = await this.#ask<{ externalAccountProviders: ProviderObject[] }>(
      'GET',
      `externalaccountproviders?${query.toString()}`,
    );
    return found.externalAccountProviders;
  }

  /** The whole way to a provider and back; gives the address on the study's page at which it ends. */
  async connect(providerID: number, consent: Consent = {}): Promise<URL> {
    const { origin: studyOrigin } = new URL(this.#rehearsal.studyPage);
    const verifier = randomBytes(32).toString('hex');
    const query = new URLSearchParams({
      finalRedirectPath: `${studyOrigin}/?provider=${providerID}&success=%SUCCESSVALUE%`,
      verifierHash: createHash('sha256').update(verifier).digest('base64url'),
    });
    const link = await this.#ask<string>(
      'POST',
      `externalaccountproviders/${providerID}/connect?${query.toString()}`,
    );
    const start = await this.#visit(link, { headers: { referer: `${studyOrigin}/` } });
    if (start.status !== 200) throw new Error(`the start page answered ${start.status}`);
    await this.#step(link, 'open', { verifier });
    const next = await this.#step(link, 'continue', {});
    if (next.outcome !== 'go') throw new Error(`not sent to the provider: ${JSON.stringify(next)}`);
    return this.#follow(await this.#decide(next.address, consent));
  }

  /** Fills in the sandbox's form and gives where it leads. */
  async #decide(address: string, { decision = 'allow', untick = [] }: Consent): Promise<string> {
    if (new URL(address).origin !== this.#rehearsal.sandbox) throw new Error(`sent to ${address}`);
    const page = await (await fetch(address)).text();
    const inputs = [...page.matchAll(/<input [^>]*>/g)].map(([text]) => text);
    const valueOf = (text: string) => /value="([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const ticked = inputs.filter((text) => / checked/.test(text));
    const fields = ticked
      .map((text): [string, string] => [/name="([^"]*)"/.exec(text)?.[1] ?? '', valueOf(text)])
      .filter(([name, value]) => name !== 'scope' || !untick.includes(value));
    const answer = await fetch(address, {
      method: 'POST',
      body: new URLSearchParams([...fields, ['decision', decision]]),
      redirect: 'manual',
    });
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`the sandbox answered ${answer.status}: ${await answer.text()}`);
    return location;
  }

  /** From the callback on, until there is a page to look at. */
  async #follow(address: string): Promise<URL> {
    for (let at = new URL(address); ;) {
      if (at.origin !== new URL(this.#rehearsal.url).origin) return at;
      const answer = await this.#visit(at.href, {});
      const location = answer.headers.get('location');
      const back = /id="back" href="([^"]*)"/.exec(await answer.text())?.[1];
      const next = location ?? back?.replaceAll('&#38;', '&');
      if (next === undefined) throw new Error(`${at.pathname} answered ${answer.status} and leads nowhere`);
      at = new URL(next, at);
    }
  }

  async #step(link: string, name: string, fields: Readonly<Record<string, string>>): Promise<StepBody> {
    const answer = await this.#visit(`${link}/${name}`, {
      method: 'POST',
      headers: { origin: new URL(this.#rehearsal.url).origin },
      body: new URLSearchParams(fields),
    });
    if (!answer.ok) throw new Error(`${name} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as StepBody;
  }

  /** A request of the browser to the service, with its cookies. */
  async #visit(url: string, request: RequestInit): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.set('cookie', [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const answer = await fetch(url, { ...request, headers, redirect: 'manual' });
    for (const text of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = text.split(';', 1)[0]!.split('=');
      this.#cookies.set(name, value);
    }
    return answer;
  }

  async #ask<Result>(method: string, path: string): Promise<Result> {
    const answer = await fetch(`${this.#rehearsal.url}/api/v1/delegated/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}` },
    });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as Result;
  }
}
