import { hash, randomBytes } from 'node:crypto';
import type { LightMyRequestResponse } from 'fastify';
import type { StepBody } from '../../src/connect/browser/stepBody.ts';
import { publicUrl as standardUrl, type TestService } from './testService.ts';

/** The study's own page, on its list of redirect targets. */
export const studyOrigin = 'https://study.example.org';
export const returnAddress = `${studyOrigin}/accounts?connectExternalAccount=true&messageID=1&success=%SUCCESSVALUE%`;

/** A client's verifier with its hash, made as the platform's SDK makes them. */
export function makeVerifier(): { readonly verifier: string; readonly verifierHash: string } {
  const verifier = randomBytes(16).toString('hex');
  return { verifier, verifierHash: hash('sha256', verifier, 'base64url') };
}

/** What the study's client does: asks for a one-time address with the participant's token. */
export function askForAddress(
  service: TestService,
  token: string,
  providerID: number,
  query: Readonly<Record<string, string>>,
): Promise<LightMyRequestResponse> {
  return service.send({
    method: 'POST',
    url: `/api/v1/delegated/externalaccountproviders/${providerID}/connect?${new URLSearchParams(query).toString()}`,
    token,
  });
}

/**
 * A participant's browser at the pages of our service: cookies, the page it comes from, and the requests that the
 * script of the start page makes. What it does at a provider is the provider fake's business.
 */
export interface JourneyBrowser {
  /** Loads the page behind a one-time address. */
  view(address: string, cameFrom?: string): Promise<LightMyRequestResponse>;
  /** What the script does first: proves the verifier. */
  open(address: string, verifier?: string): Promise<StepBody>;
  /** Clicks "Continue". */
  goOn(address: string): Promise<StepBody>;
  /** Clicks "Cancel". */
  cancel(address: string): Promise<StepBody>;
  /** Follows an address of our service: the callback, a result page. */
  visit(url: string): Promise<LightMyRequestResponse>;
  readonly cookies: ReadonlyMap<string, string>;
}

export function createJourneyBrowser(service: TestService, publicUrl = standardUrl): JourneyBrowser {
  const cookies = new Map<string, string>();
  const send = async (request: {
    method: 'GET' | 'POST';
    url: string;
    headers?: Record<string, string>;
    payload?: string;
  }) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await service.send({
      ...request,
      url: request.url.replace(publicUrl, ''),
      headers: { ...request.headers, ...(cookie === '' ? {} : { cookie }) },
    });
    for (const { name, value } of answer.cookies) cookies.set(name, value);
    return answer;
  };
  const post = async (url: string, fields: Record<string, string>): Promise<StepBody> => {
    const answer = await send({
      method: 'POST',
      url,
      headers: { origin: publicUrl, 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(fields).toString(),
    });
    if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}: ${answer.body}`);
    return answer.json<StepBody>();
  };
  return {
    cookies,
    view: (address, cameFrom = `${studyOrigin}/`) =>
      send({ method: 'GET', url: address, ...(cameFrom === '' ? {} : { headers: { referer: cameFrom } }) }),
    open: (address, verifier) => post(`${address}/open`, verifier === undefined ? {} : { verifier }),
    goOn: (address) => post(`${address}/continue`, {}),
    cancel: (address) => post(`${address}/cancel`, {}),
    visit: (url) => send({ method: 'GET', url }),
  };
}

/** Where the page of an end leads back to; undefined where it leads nowhere. */
export function readBack(page: string): string | undefined {
  return /id="back" href="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#38;', '&');
}

/** A journey up to the provider's door: the address there, in the hands of the participant's browser. */
export async function goToProvider(
  service: TestService,
  journey: {
    readonly token: string;
    readonly providerID: number;
    readonly browser?: JourneyBrowser;
    readonly finalRedirectPath?: string;
  },
): Promise<{ readonly browser: JourneyBrowser; readonly link: string; readonly address: string }> {
  const browser = journey.browser ?? createJourneyBrowser(service);
  const { verifier, verifierHash } = makeVerifier();
  const answer = await askForAddress(service, journey.token, journey.providerID, {
    finalRedirectPath: journey.finalRedirectPath ?? returnAddress,
    verifierHash,
  });
  if (answer.statusCode !== 200) throw new Error(`connect answered ${answer.statusCode}: ${answer.body}`);
  const link = answer.json<string>();
  const page = await browser.view(link);
  if (page.statusCode !== 200) throw new Error(`the start page answered ${page.statusCode}`);
  const opened = await browser.open(link, verifier);
  if (opened.outcome !== 'opened') throw new Error(`not opened: ${JSON.stringify(opened)}`);
  const next = await browser.goOn(link);
  if (next.outcome !== 'go') throw new Error(`not sent to the provider: ${JSON.stringify(next)}`);
  return { browser, link, address: next.address };
}
