import { describe, expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { portNear } from './portNear.ts';
import { refuseRehearsal } from './refuseRehearsal.ts';

describe('a sandbox beside the service', () => {
  it.each([
    {},
    { TRIBUTARY_HOST: '::1' },
    { TRIBUTARY_HOST: 'localhost', TRIBUTARY_PUBLIC_URL: 'http://localhost:9000/accounts' },
    { TRIBUTARY_PUBLIC_URL: 'http://[::1]:8080' },
  ])('is played on this machine: %j', (environment) => {
    expect(refuseRehearsal(readConfig(environment))).toBeUndefined();
  });

  it.each([
    [{ TRIBUTARY_HOST: '0.0.0.0' }, 'TRIBUTARY_HOST'],
    [{ TRIBUTARY_HOST: '192.168.1.7' }, 'TRIBUTARY_HOST'],
    [{ TRIBUTARY_HOST: '::' }, 'TRIBUTARY_HOST'],
    [{ TRIBUTARY_PUBLIC_URL: 'https://accounts.example.org' }, 'TRIBUTARY_PUBLIC_URL'],
    [{ TRIBUTARY_PUBLIC_URL: 'https://localhost' }, 'TRIBUTARY_PUBLIC_URL'],
  ] as const)('is not played where others come: %j', (environment, setting) => {
    expect(refuseRehearsal(readConfig(environment))).toContain(setting);
  });

  it('has its ports beside that of the service, as far as there are any', () => {
    expect(portNear(readConfig({}), 1)).toBe(8081);
    expect(portNear(readConfig({ TRIBUTARY_PORT: '0' }), 1)).toBe(0);
    expect(portNear(readConfig({ TRIBUTARY_PORT: '65534' }), 2)).toBe(0);
  });
});
