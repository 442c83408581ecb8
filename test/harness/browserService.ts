import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Database } from '../../src/platform/storage/database.ts';
import { checkAnswer } from './answerChecker.ts';
import type { Profile } from './browser.ts';
import { startTestService, type TestService } from './testService.ts';

export interface BrowserService extends TestService {
  /** As clients know the service: `http://localhost:PORT`. */
  readonly publicUrl: string;
  /** Holds every answer that the browser got from the service against `openapi.json`; gives their number. */
  checkAnswers(profile: Profile): number;
}

type Options = NonNullable<Parameters<typeof startTestService>[1]>;

/** The test service as browsers can reach it: on a port, and knowing its own address. */
export async function startBrowserService(
  database: Database,
  options: Options = {},
): Promise<BrowserService> {
  const port = await findFreePort();
  const publicUrl = `http://localhost:${port}`;
  const service = await startTestService(database, { ...options, publicUrl });
  await service.app.listen({ host: '127.0.0.1', port });
  return {
    ...service,
    publicUrl,
    checkAnswers: (profile) => {
      const own = profile.witness.exchanges().filter(({ url }) => url.startsWith(`${publicUrl}/`));
      for (const { method, url, status, answerHeaders, answerBody } of own)
        checkAnswer(method, url.slice(publicUrl.length), {
          statusCode: status,
          contentType: answerHeaders['content-type'],
          body: answerBody,
        });
      return own.length;
    },
  };
}

async function findFreePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
