import type { ProviderCategory } from '../contract/provider.ts';
import type { AnyAuth, NoAuth } from './shape/auth.ts';
import type { Delivery } from './shape/delivery.ts';
import type { ErrorRule } from './shape/errors.ts';
import type { RateLimit } from './shape/limits.ts';

/**
 * Everything we know about a maker of devices, a vendor of health records or a health plan, as one declaration.
 *
 * Data only: what a vendor does differently is a value here, and shared code never asks which vendor it has
 * before it. The few things that no value can express are named functions (`hook`), which stand in the vendor's
 * file. The types refuse combinations that make no sense; `findMistakes` looks at the rest when a file is loaded.
 */
export type ProviderDefinition = Facts & (OpenProvider | EndedProvider) & (SingleProvider | Vendor);

/** A declaration with the name of its file, which is its name everywhere: settings, rows, reports. */
export type NamedDefinition = ProviderDefinition & { readonly slug: string };

interface Facts {
  /** What a participant reads, at most 100 characters. */
  readonly name: string;
  readonly category: ProviderCategory;
  /** ISO date (`2026-11-22`) on which the facts of the file were last compared with the vendor's documentation. */
  readonly checkedOn: string;
  /** Where the facts come from: pages or repositories by name, most important first. */
  readonly sources: readonly [string, ...string[]];
  /**
   * Facts that are not certain, by their path in this declaration (`auth.refresh.graceS`), each with what has to
   * be verified, and where, before participants depend on it.
   */
  readonly uncertain?: Readonly<
    Record<string, { readonly certainty: 'medium' | 'low'; readonly verify: string }>
  >;
  /** What the vendor demands of whoever uses its interface, as far as it limits a study. */
  readonly terms?: Terms;
  /**
   * Settings beside the credentials that `auth` needs, read from `TRIBUTARY_PROVIDER_<SLUG>_<NAME>`; addresses
   * and headers name them as `{NAME}`. Suunto: subscription key. Omron: every address, from the contract.
   */
  readonly settings?: Readonly<Record<Uppercase<string>, ProviderSetting>>;
  /**
   * Named sets of values for `{variables}` in addresses; one is chosen with `TRIBUTARY_PROVIDER_<SLUG>_REGION`.
   * Dexcom: US, outside US, Japan, sandbox. Blue Button, COROS, athenahealth: production and sandbox.
   */
  readonly regions?: {
    readonly default: string;
    readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
  /** Rules for this vendor's failures, before the common ones of `judgeError`; the first that fits decides. */
  readonly errors: readonly ErrorRule[];
}

interface ProviderSetting {
  readonly description: string;
  readonly example: string;
  /** Never shown, may come from a file (`…_FILE`). Default: false. */
  readonly secret?: boolean;
}

interface Terms {
  /** In one sentence each. */
  readonly notes: readonly [string, ...string[]];
  /** Participants that may connect before the vendor has approved the study's application. Google: 100. Oura: 10. */
  readonly participantsBeforeReview?: number;
  /** Whether research use needs the vendor's written permission. Strava. Default: false. */
  readonly needsPermission?: boolean;
}

interface OpenProvider {
  /** `beta`: it works, but not everything was seen working; operators are told, participants are not. Default: active. */
  readonly lifecycle?: { readonly state: 'active' | 'beta' };
  readonly auth: AnyAuth;
  readonly delivery: Delivery;
  /** Empty when the vendor publishes none. */
  readonly rateLimits: readonly RateLimit[];
}

/** A provider that nobody can connect (any more). What is known about its interface may stay, for history. */
interface EndedProvider {
  readonly lifecycle: RetiredState | ClosedState;
  readonly auth: AnyAuth | NoAuth;
  readonly delivery?: Delivery;
  readonly rateLimits?: readonly RateLimit[];
}

/** It worked once. Fitbit, Google Fit, Blue Button 1. */
export interface RetiredState {
  readonly state: 'retired';
  /** ISO date. */
  readonly on: string;
  /** For participants: what happened and what to do instead. */
  readonly message: string;
  /** Slug of the provider to connect instead. */
  readonly successor?: string;
  /** Status with which the vendor answers everything now. Fitbit: 410. */
  readonly goneStatus?: number;
}

/** It never worked for studies. Abbott LibreView. */
export interface ClosedState {
  readonly state: 'closed';
  /** For participants. */
  readonly message: string;
  /** For operators: why. */
  readonly reason: string;
}

/** The declaration is one provider: a maker of devices, a plan with one endpoint. */
interface SingleProvider {
  readonly kind: 'provider';
  /** The platform's number for it, where clients look for one; all others are assigned by the database. */
  readonly id?: number;
  /** Other words by which a participant may look for it. */
  readonly keywords?: readonly string[];
  /** Slug of a newer connection to the same data (Blue Button 2 → 3), while this one still works. */
  readonly successor?: string;
  /** Base address of its FHIR server, where it has one; `{variables}` of `regions` are allowed. */
  readonly fhirBase?: string;
  /** What stands between two scopes in the Data Scopes export. Garmin: comma and space. Default: a space. */
  readonly exportSeparator?: ' ' | ', ';
}

/** The declaration is how organisations on this vendor's servers are reached; they come from directories. */
interface Vendor {
  readonly kind: 'vendor';
  /**
   * How directories show that an organisation is on this vendor's servers; asked of all vendors, the most
   * specific answer wins: endpoint prefix, host, publisher, and last the one that takes everything of its category.
   */
  readonly recognises: {
    /** Host names, `*.` for any names below: `*.athenahealth.com`. */
    readonly hosts?: readonly string[];
    /** Beginnings of endpoint addresses, where a host serves several vendors' products. */
    readonly endpointPrefixes?: readonly string[];
    /** File names of Lantern directories without number and ending: `Epic_Systems_Corporation`. */
    readonly publishers?: readonly string[];
    /** Takes what nobody else recognises; one vendor for each category. */
    readonly everythingElse?: boolean;
  };
}

/**
 * Declares a provider or vendor. Its file lies in `src/providers/`, is named after it in camelCase, and exports
 * the declaration as `provider`.
 */
export function defineProvider<const Definition extends ProviderDefinition>(
  definition: Definition,
): Definition {
  return freeze(definition);
}

function freeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) freeze(part);
  return Object.freeze(value);
}
