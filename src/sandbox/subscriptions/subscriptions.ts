import type { Random } from '../../platform/random/random.ts';

/** Where somebody wants to be told what is new. */
export interface Subscription {
  readonly id: string;
  readonly url: string;
  /** What we repeat to prove ourselves, where the vendor takes one. */
  readonly secret?: string;
  /** With which the vendor signs, where it tells one. */
  readonly issuedSecret?: string;
  /** Of one person; left out for everybody. */
  readonly person?: string;
  /** What else was chosen: kind of data, event. */
  readonly chosen: Readonly<Record<string, string>>;
}

/** Who wants to be told of what, for one provider. */
export interface Subscriptions {
  add(facts: Omit<Subscription, 'id' | 'chosen'> & Partial<Pick<Subscription, 'chosen'>>): Subscription;
  /** Those that hear about a person; all without one. */
  list(person?: string): readonly Subscription[];
  /** Whether there was one of this name. */
  remove(id: string): boolean;
  /** Whether something was not done before; it counts as done then. */
  isNews(deed: string): boolean;
  reset(): void;
}

/** Subscriptions of one provider, none at first. */
export function createSubscriptions(random: Random): Subscriptions {
  const kept = new Map<string, Subscription>();
  const deeds = new Set<string>();
  return {
    add: (facts) => {
      const subscription = { chosen: {}, ...facts, id: random.uuid() };
      kept.set(subscription.id, subscription);
      return subscription;
    },
    list: (person) =>
      [...kept.values()].filter(
        (one) => person === undefined || one.person === undefined || one.person === person,
      ),
    remove: (id) => kept.delete(id),
    isNews: (deed) => {
      const isNew = !deeds.has(deed);
      deeds.add(deed);
      return isNew;
    },
    reset: () => {
      kept.clear();
      deeds.clear();
    },
  };
}
