import { isDeepStrictEqual } from 'node:util';
import { parseJsonBody } from '../../platform/outbound/parseJsonBody.ts';
import type { PlayedProvider } from '../played/playedProvider.ts';

/**
 * Whether an address answers as a subscriber of this vendor does, where the vendor asks before it sends anything there.
 * With webhooks switched off nobody is asked.
 */
export async function passesChallenge(
  provider: PlayedProvider,
  url: string,
  webhookSecret: string | undefined,
): Promise<boolean> {
  if (provider.dials().webhooks === 'off') return true;
  for (const { expects, ...asked } of provider.buildChallenge(webhookSecret)) {
    const { status, text } = await provider.callSubscriber(url, asked);
    if (status !== expects.status) return false;
    if ('json' in expects && !isDeepStrictEqual(parseJsonBody(Buffer.from(text)), expects.json)) return false;
  }
  return true;
}
