import type { Clock } from '../../platform/time/clock.ts';
import type { Random } from '../../platform/random/random.ts';
import { createFaultCounter, type FaultCounter, type FaultFacts } from './faultCounter.ts';
import type { Fault } from './fault.ts';
import type { DialSettings } from './settings.ts';

export type { DialSettings, Fault };

/** How each sandbox provider misbehaves. Without a setting it behaves as its definition says. */
export interface Dials {
  get(slug: string): DialSettings;
  /** Replaces all settings of a provider; counts and windows of its faults begin anew. */
  set(slug: string, settings: DialSettings): void;
  /** Without a slug for all providers. */
  reset(slug?: string): void;
  /** The first fault that strikes a request. Each call counts as one request. */
  findFault(slug: string, facts: FaultFacts): Fault | undefined;
}

const none: DialSettings = Object.freeze({});

/** Dials of all providers, at their defaults. */
export function createDials(parts: { readonly clock: Clock; readonly random: Random }): Dials {
  const settings = new Map<string, DialSettings>();
  const counters = new Map<string, readonly FaultCounter[]>();
  return {
    get: (slug) => settings.get(slug) ?? none,
    set: (slug, next) => {
      settings.set(slug, structuredClone(next));
      counters.set(
        slug,
        (next.faults ?? []).map((fault) => createFaultCounter(fault, parts)),
      );
    },
    reset: (slug) => {
      if (slug === undefined) settings.clear();
      else settings.delete(slug);
      if (slug === undefined) counters.clear();
      else counters.delete(slug);
    },
    // Every one of them counts, so that a second fault does not wait for the first to end.
    findFault: (slug, facts) =>
      (counters.get(slug) ?? []).map((counter) => counter(facts)).find((fault) => fault !== undefined),
  };
}
