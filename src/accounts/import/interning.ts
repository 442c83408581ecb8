import { providerCategories, type ProviderCategory } from '../../contract/provider.ts';
import { detach } from '../../platform/intake/detach.ts';
import type { ImportedAccount } from '../importedAccount.ts';

/** One provider as a file names it. */
export interface NamedProvider {
  /** Ours, from 1, in the order of the file. */
  readonly number: number;
  /** ProviderID; 0 when the file has none. */
  readonly id: number;
  readonly name: string;
  readonly category: ProviderCategory;
  /** A comma when it is seen between the scopes of one of its accounts. */
  scopeSeparator: ', ' | ' ';
  /** Where it is named first, for a mistake that is found later. */
  readonly firstLine: number;
}

/** The different providers of a file, each kept once. */
export class ProviderNumbers {
  /** Three times as many as there are organisations in all public directories together. */
  readonly countMax = 100_000;
  readonly #all: NamedProvider[] = [];
  /** By name, then by number and category in one. */
  readonly #byName = new Map<string, Map<number, NamedProvider>>();

  /** The number of an account's provider; undefined when it is a new one and there are too many already. */
  numberOf(account: ImportedAccount): number | undefined {
    const key = (account.providerID ?? 0) * 4 + providerCategories.indexOf(account.providerCategory);
    const provider = this.#byName.get(account.providerName)?.get(key) ?? this.#add(account, key);
    if (provider !== undefined && account.scopeSeparator === ', ') provider.scopeSeparator = ', ';
    return provider?.number;
  }

  list(): readonly NamedProvider[] {
    return this.#all;
  }

  #add(account: ImportedAccount, key: number): NamedProvider | undefined {
    if (this.#all.length === this.countMax) return undefined;
    const provider: NamedProvider = {
      number: this.#all.length + 1,
      id: account.providerID ?? 0,
      name: detach(account.providerName),
      category: account.providerCategory,
      scopeSeparator: ' ',
      firstLine: account.line,
    };
    this.#all.push(provider);
    const sameName = this.#byName.get(provider.name);
    if (sameName === undefined) this.#byName.set(provider.name, new Map([[key, provider]]));
    else sameName.set(key, provider);
    return provider;
  }
}

/** The different lists of scopes of a file, each kept once, as long as there are not too many. */
export class ScopeSets {
  readonly #countMax = 20_000;
  #charactersLeft = 4 * 1024 * 1024;
  readonly #numbers = new Map<string, number>();

  /** The number of a list that is not empty, from 1; undefined when it is new and there are too many already. */
  numberOf(scopes: readonly string[]): number | undefined {
    // No scope has a NUL in it, so that no two lists give the same text.
    const text = scopes.join('\0');
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    if (this.#numbers.size === this.#countMax || text.length > this.#charactersLeft) return undefined;
    this.#charactersLeft -= text.length;
    const number = this.#numbers.size + 1;
    this.#numbers.set(detach(text), number);
    return number;
  }

  *list(): Generator<{ readonly number: number; readonly scopes: readonly string[] }> {
    for (const [text, number] of this.#numbers) yield { number, scopes: text.split('\0') };
  }
}
