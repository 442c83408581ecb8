import type { Quirk } from '../played/quirk.ts';

const told = (ErrorCode: string, Error: string) => ({
  BackValue: '',
  Client_Para: '',
  Error,
  ErrorCode,
  ErrorDescription: 'Said by the sandbox.',
});

export const quirk: Quirk = {
  refusals: [
    { phases: ['data'], status: 200, json: told('503', 'limits_hour_error') },
    { phases: ['connect', 'data'], status: 200, json: told('5012', 'invented_error') },
  ],
};
