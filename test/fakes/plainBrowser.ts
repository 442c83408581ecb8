/** A page or redirect as a browser got it. */
export interface Visit {
  readonly url: string;
  readonly status: number;
  readonly body: string;
  /** Where it sends the browser next, absolute; undefined for a page. */
  readonly location: string | undefined;
}

/** What a browser does without scripts: cookies by host and path, redirects, forms. */
export interface PlainBrowser {
  get(url: string): Promise<Visit>;
  /** A form's fields, repeated ones included. */
  post(url: string, fields: readonly (readonly [name: string, value: string])[]): Promise<Visit>;
  /** Goes on from a visit as long as it is a redirect that `until` does not hold; the last visit is given. */
  follow(visit: Visit, until?: (location: string) => boolean): Promise<Visit>;
}

interface Cookie {
  readonly host: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
}

const redirectsMax = 20;

export function createPlainBrowser(): PlainBrowser {
  const cookies: Cookie[] = [];
  const visit = async (url: string, request: RequestInit): Promise<Visit> => {
    const { hostname, pathname } = new URL(url);
    const sent = cookies.filter(({ host, path }) => host === hostname && isBelow(pathname, path));
    const headers = new Headers(request.headers);
    if (sent.length > 0) headers.set('cookie', sent.map(({ name, value }) => `${name}=${value}`).join('; '));
    const answer = await fetch(url, { ...request, headers, redirect: 'manual' });
    for (const text of answer.headers.getSetCookie()) keep(cookies, hostname, text);
    const location = answer.headers.get('location');
    return {
      url,
      status: answer.status,
      body: await answer.text(),
      location: location === null ? undefined : new URL(location, url).href,
    };
  };
  const get = (url: string) => visit(url, {});
  return {
    get,
    post: (url, fields) =>
      visit(url, {
        method: 'POST',
        body: new URLSearchParams(fields.map(([name, value]): [string, string] => [name, value])),
      }),
    follow: async (from, until = () => false) => {
      let at = from;
      for (let redirects = 0; at.location !== undefined && !until(at.location); redirects++) {
        if (redirects === redirectsMax) throw new Error('The browser is sent in circles.');
        at = await get(at.location);
      }
      return at;
    },
  };
}

/** RFC 6265 section 5.1.4. */
function isBelow(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith('/') ? path : `${path}/`);
}

function keep(cookies: Cookie[], host: string, text: string): void {
  const [pair = '', ...attributes] = text.split(/; */);
  const name = pair.slice(0, pair.indexOf('='));
  const value = pair.slice(pair.indexOf('=') + 1);
  const attribute = (of: string) =>
    attributes.find((one) => one.toLowerCase().startsWith(`${of}=`))?.slice(of.length + 1);
  const path = attribute('path') ?? '/';
  const old = cookies.findIndex(
    (cookie) => cookie.host === host && cookie.path === path && cookie.name === name,
  );
  if (old !== -1) cookies.splice(old, 1);
  const expires = attribute('expires');
  const isOver = attribute('max-age') === '0' || (expires !== undefined && Date.parse(expires) < Date.now());
  if (!isOver) cookies.push({ host, path, name, value });
}
