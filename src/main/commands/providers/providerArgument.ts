import { InvalidArgumentError } from 'commander';
import { parseIntegerID } from '../../../contract/scalars.ts';

/** Parser of the argument that is the number of a provider, for commander. */
export function providerArgument(text: string): number {
  const providerID = parseIntegerID(text);
  if (providerID === undefined) throw new InvalidArgumentError('It must be the number of a provider.');
  return providerID;
}
