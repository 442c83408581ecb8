import type { Clock } from '../../platform/time/clock.ts';
import type { NamedDefinition } from '../defineProvider.ts';
import { findAddressMistakes } from './addresses.ts';
import { findAuthMistakes } from './auth.ts';
import { findDeliveryMistakes } from './delivery.ts';
import { findFactMistakes } from './facts.ts';
import { findRuleMistakes } from './rules.ts';

/**
 * Everything in a definition that the types let through and that cannot be right, one sentence each that begins
 * with its path. Empty for a definition that can be used.
 */
export function findMistakes(definition: NamedDefinition, clock: Clock): readonly string[] {
  return [
    ...findFactMistakes(definition, clock),
    ...findAddressMistakes(definition),
    ...findAuthMistakes(definition),
    ...findRuleMistakes(definition),
    ...findDeliveryMistakes(definition),
  ];
}
