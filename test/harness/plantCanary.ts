import { canaryLengthMin } from './canaries.ts';

/** What services of this process were told and must not repeat, each with a name of its own. */
const planted = new Map<string, string>();

/** From now on, no log line, error body or page of a watched service may have this (`canaryWatch.ts`); gives it back. */
export function plantCanary(kind: string, secret: string): string {
  if (secret.length >= canaryLengthMin && !planted.has(secret))
    planted.set(secret, `${kind} ${planted.size + 1}`);
  return secret;
}

/** All that were planted so far, by their names. */
export function canaries(): Readonly<Record<string, string>> {
  return Object.fromEntries([...planted].map(([secret, name]) => [name, secret]));
}
