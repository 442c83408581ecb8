import type { RefreshPolicy } from '../shape/auth.ts';
import { isCount } from './facts.ts';

/** What does not fit together in how tokens are kept alive. */
export function findRefreshMistakes(refresh: RefreshPolicy): readonly string[] {
  const at = 'auth.refresh';
  const { accessTokenLifetimeS: access, refreshEarlyS } = refresh;
  const mistakes = Object.entries(refresh)
    .filter(([, value]) => typeof value === 'number' && !isCount(value))
    .map(([name]) => `${at}.${name}: must be a whole number above 0`);
  if (refreshEarlyS !== undefined && access !== 'unknown' && refreshEarlyS >= access)
    mistakes.push(`${at}.refreshEarlyS: must be less than the access token's lifetime`);
  const ends = refresh.policy === 'none' ? undefined : refresh.grantEnds;
  if (ends?.from === 'consent' && !isCount(ends.afterS))
    mistakes.push(`${at}.grantEnds.afterS: must be a whole number above 0`);
  if (refresh.policy === 'none') {
    for (const name of [
      'refreshTokenLifetimeS',
      'keepAliveEveryS',
      'minimumIntervalS',
      'grantEnds',
      'graceS',
      'extendsByS',
    ])
      if (Object.hasOwn(refresh, name)) mistakes.push(`${at}.${name}: there is no refresh token`);
    return mistakes;
  }
  const { refreshTokenLifetimeS: lifetime, keepAliveEveryS } = refresh;
  if (typeof lifetime !== 'number') return mistakes;
  if (typeof access === 'number' && access >= lifetime)
    mistakes.push(`${at}.accessTokenLifetimeS: must be less than the refresh token's lifetime`);
  if ((refresh.minimumIntervalS ?? 0) >= lifetime)
    mistakes.push(`${at}.minimumIntervalS: must be less than the refresh token's lifetime`);
  if (keepAliveEveryS !== undefined && keepAliveEveryS >= lifetime)
    mistakes.push(`${at}.keepAliveEveryS: must be less than the refresh token's lifetime`);
  if ((refresh.policy === 'grace' || refresh.policy === 'until-first-use') && refresh.graceS >= lifetime)
    mistakes.push(`${at}.graceS: must be less than the refresh token's lifetime`);
  if (refresh.policy === 'rotating' && (refresh.repeatsForS ?? 0) >= lifetime)
    mistakes.push(`${at}.repeatsForS: must be less than the refresh token's lifetime`);
  return mistakes;
}
