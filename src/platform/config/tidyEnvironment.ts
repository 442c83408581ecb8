import { skipByteOrderMark } from '../intake/openRegularFile.ts';
import type { Environment } from './parseConfig.ts';

/**
 * An environment as its operator meant it: without a byte order mark before a name or a value (a `.env` saved by
 * Notepad begins with one, which would hide its first setting), and without what nobody wrote. A name that is there
 * with and without the mark has the value of the one without, as a variable goes before a line of `.env`.
 */
export function tidyEnvironment(environment: Environment): Environment {
  const tidy: Record<string, string | undefined> = {};
  for (const [given, text] of Object.entries(environment)) {
    const name = skipByteOrderMark(given);
    if (name !== given && environment[name] !== undefined) continue;
    const value = text === undefined ? undefined : skipByteOrderMark(text);
    if (!isServiceLink(name, value)) tidy[name] = value;
  }
  return tidy;
}

/** The names that {@link tidyEnvironment} leaves out, of those with the prefix: their author should hear of it. */
export function findServiceLinks(environment: Environment, prefix: string): readonly string[] {
  return Object.entries(environment)
    .map(([given, text]) => [skipByteOrderMark(given), text] as const)
    .filter(([name, text]) => name.startsWith(prefix) && isServiceLink(name, skipByteOrderMark(text ?? '')))
    .map(([name]) => name);
}

/**
 * What Kubernetes and Docker's links put into every container beside a service: for one called `tributary`,
 * `TRIBUTARY_PORT=tcp://10.96.1.2:8080` and eight more of the kind.
 */
function isServiceLink(name: string, value = ''): boolean {
  return (
    /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$/.test(name) ||
    /_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) ||
    (/_PORT$/.test(name) && /^(tcp|udp|sctp):\/\//.test(value))
  );
}
