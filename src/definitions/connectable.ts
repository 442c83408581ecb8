import type { NamedDefinition } from './defineProvider.ts';
import type { AnyAuth } from './shape/auth.ts';

/** A definition that can be connected: there is something to authorize against. */
export type ConnectableDefinition = NamedDefinition & { readonly auth: AnyAuth };

/** Whether there is a server that a participant could be sent to. */
export function isConnectable(definition: NamedDefinition): definition is ConnectableDefinition {
  return definition.auth.kind !== 'none';
}
