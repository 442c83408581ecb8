import { Type } from 'typebox';
import type { Scope } from '../../definitions/shape/auth.ts';
import { findProviders } from '../../catalogue/offerProviders.ts';
import { logoUrl } from '../../catalogue/offerFacts.ts';
import { defineRoute } from '../../platform/http/defineRoute.ts';
import { readBrowserSecret } from '../browser/browserCookie.ts';
import { canTake } from '../connectJourney.ts';
import type { ConnectParts } from '../connectParts.ts';
import { renderConnected, renderEnding, renderStranger, renderWaiting } from '../pages/endPage.ts';
import { renderStartPage } from '../pages/startPage.ts';
import { describePage, describeRefusal, pageFailures } from '../browser/pageAnswers.ts';
import { viewLink } from '../steps/openLink.ts';
import type { Attempt } from '../store/attempts.ts';

/** The page behind a one-time address. */
export const route = defineRoute({
  operationID: 'showConnectLink',
  method: 'GET',
  path: '/connect/:link',
  summary: 'The page on which a participant agrees to go to a provider',
  description:
    'Opening it changes nothing; its script proves the verifier of the fragment. A page, for browsers.',
  caller: 'none',
  readsQuery: true,
  ...pageFailures,
  parameters: Type.Object({ link: Type.String() }),
  answers: {
    200: describePage('The page, or how the journey ended.'),
    403: describeRefusal('It was opened in another browser, or from somewhere that is not the study.'),
    404: describeRefusal('There is no such address, or no more.'),
  },
  answer: async (call, parts: ConnectParts) => {
    const { publicUrl } = parts;
    const found = await viewLink(parts, call.parameters.link, {
      browserSecret: readBrowserSecret(call),
      cameFrom: call.request.headers.referer,
    });
    switch (found.view) {
      case 'start':
        return showStart(parts, found.attempt);
      case 'end':
        return showEnd(publicUrl, found.attempt);
      case 'other-browser':
        return renderStranger(publicUrl, 'other-browser', { status: 403 });
      case 'elsewhere':
        return renderStranger(publicUrl, 'elsewhere', { status: 403 });
      case 'unknown':
        return renderStranger(publicUrl, 'unknown', { status: 404 });
    }
  },
});

async function showStart(parts: ConnectParts, attempt: Attempt) {
  const { database, catalogue, publicUrl } = parts;
  const [facts] = await findProviders(database, [attempt.providerID]);
  const auth = catalogue.definitions.get(facts?.definition ?? '')?.auth;
  return renderStartPage({
    publicUrl,
    provider: attempt.providerName,
    study: attempt.studyName,
    logoUrl: logoUrl(publicUrl, attempt.providerID),
    scopes: auth === undefined || auth.kind === 'none' ? [] : listAsked(auth.scopes),
  });
}

/** About the person and the connection, and no data of hers. */
const aboutHer = new Set<string>(['identity', 'profile', 'continued-access']);

/** What she will be asked for; where the registration decides instead of the request (Epic), what that releases. */
function listAsked(scopes: readonly Scope[]): readonly Scope[] {
  const asked = scopes.filter(({ ask }) => ask === 'required' || ask === 'default');
  const opensData = ({ releases }: Scope) => releases.some((type) => !aboutHer.has(type));
  return asked.some(opensData)
    ? asked
    : [...asked, ...scopes.filter((scope) => scope.ask === 'never' && opensData(scope))];
}

function showEnd(publicUrl: string, attempt: Attempt) {
  if (canTake('completeConnection', attempt.phase)) return renderWaiting(publicUrl, attempt);
  if (attempt.outcome === 'connected') return renderConnected(publicUrl, attempt);
  return renderEnding(publicUrl, attempt, attempt.outcome ?? 'expired');
}
