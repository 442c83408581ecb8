import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { KeyService } from '../../platform/sealing/keyService.ts';
import { KeyTrouble } from '../keyTrouble.ts';

const functionNames = ['keyIDs', 'wrap', 'unwrap'] as const;

/**
 * The key service that an operator's module makes. What it gives is checked, since nobody compiled it with us.
 *
 * @throws {KeyTrouble} when the module cannot be loaded or does not make one
 */
export async function loadKeyService(path: string): Promise<KeyService> {
  const refuse = (reason: string) =>
    new KeyTrouble(`The key service ${path} cannot be used: ${reason}. Nothing was changed.`);
  const attempt = async <Result>(what: string, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw refuse(`${what} (${nameOf(error)})`);
    }
  };
  const module = await attempt(
    'the module does not load',
    () => import(pathToFileURL(resolve(path)).href) as Promise<{ createKeyService?: unknown }>,
  );
  const { createKeyService } = module;
  if (typeof createKeyService !== 'function') throw refuse('it exports no function createKeyService');
  const made = await attempt('createKeyService failed', createKeyService as () => Promise<unknown>);
  const missing = functionNames.filter(
    (name) => typeof (made as Record<string, unknown> | null)?.[name] !== 'function',
  );
  if (missing.length > 0) throw refuse(`what createKeyService made has no function ${missing.join(', ')}`);
  return checked(made as KeyService);
}

function checked(service: KeyService): KeyService {
  const requireBytes = (value: unknown): Uint8Array => {
    if (!(value instanceof Uint8Array) || value.length === 0) throw new Error('A key service gave no bytes');
    return value;
  };
  return {
    keyIDs: async () => {
      const keyIDs: unknown = await service.keyIDs();
      if (!Array.isArray(keyIDs) || !keyIDs.every((keyID) => typeof keyID === 'string' && keyID !== ''))
        throw new Error('A key service gave no list of names');
      return keyIDs as string[];
    },
    wrap: async (...parameters) => requireBytes(await service.wrap(...parameters)),
    unwrap: async (...parameters) => requireBytes(await service.unwrap(...parameters)),
  };
}

/** Its code or class. A message may quote a password. */
function nameOf(error: unknown): string {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error instanceof Error ? error.constructor.name : typeof error;
}
