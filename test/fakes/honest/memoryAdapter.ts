import type { Adapter, AdapterPayload } from 'oidc-provider';

/** What one server remembers; nothing is shared with another one, and nothing is dropped before it closes. */
export function createMemoryAdapter(): (model: string) => Adapter {
  const stored = new Map<string, AdapterPayload>();
  return (model) => {
    const key = (id: string) => `${model}:${id}`;
    const findBy = (holds: (payload: AdapterPayload) => boolean) => {
      for (const [name, payload] of stored)
        if (name.startsWith(`${model}:`) && holds(payload)) return Promise.resolve(payload);
      return Promise.resolve(undefined);
    };
    return {
      upsert: (id, payload) => {
        stored.set(key(id), payload);
        return Promise.resolve();
      },
      find: (id) => Promise.resolve(stored.get(key(id))),
      findByUid: (uid) => findBy((payload) => payload.uid === uid),
      findByUserCode: (userCode) => findBy((payload) => payload.userCode === userCode),
      consume: (id) => {
        const payload = stored.get(key(id));
        if (payload !== undefined)
          stored.set(key(id), { ...payload, consumed: Math.floor(Date.now() / 1000) });
        return Promise.resolve();
      },
      destroy: (id) => {
        stored.delete(key(id));
        return Promise.resolve();
      },
      revokeByGrantId: (grantId) => {
        for (const [name, payload] of stored)
          if (name.startsWith(`${model}:`) && payload.grantId === grantId) stored.delete(name);
        return Promise.resolve();
      },
    };
  };
}
