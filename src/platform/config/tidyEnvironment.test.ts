import { describe, expect, it } from 'vitest';
import { findServiceLinks, tidyEnvironment } from './tidyEnvironment.ts';

describe('tidyEnvironment', () => {
  it('finds the setting behind a byte order mark, before its name or its value', () => {
    expect(tidyEnvironment({ '\ufeffAPP_URL': 'a', APP_NAME: '\ufeffb' })).toEqual({
      APP_URL: 'a',
      APP_NAME: 'b',
    });
  });

  it('prefers the variable to the line of a file', () => {
    expect(tidyEnvironment({ '\ufeffAPP_URL': 'file', APP_URL: 'variable' })).toEqual({
      APP_URL: 'variable',
    });
    expect(tidyEnvironment({ APP_URL: 'variable', '\ufeffAPP_URL': 'file' })).toEqual({
      APP_URL: 'variable',
    });
  });

  it('leaves out what Kubernetes makes of services, under any name and of any protocol', () => {
    expect(
      tidyEnvironment({
        APP_SERVICE_HOST: '10.0.0.5',
        APP_SERVICE_PORT: '8080',
        APP_SERVICE_PORT_METRICS: '9464',
        APP_PORT: 'tcp://10.0.0.5:8080',
        APP_PORT_8080_TCP: 'tcp://10.0.0.5:8080',
        APP_PORT_8080_TCP_PROTO: 'tcp',
        APP_PORT_8080_TCP_PORT: '8080',
        APP_PORT_8080_TCP_ADDR: '10.0.0.5',
        APP_METRICS_PORT: 'udp://10.0.0.6:9464',
        APP_METRICS_PORT_9464_UDP_ADDR: '10.0.0.6',
      }),
    ).toEqual({});
  });

  it('keeps every setting that only looks like one', () => {
    const meant = {
      APP_PORT: '8080',
      APP_PORT_RANGE: '8080',
      APP_SERVICE_TOKEN_LIFETIME_S: '3600',
      APP_HOST: '0.0.0.0',
      APP_URL: 'tcp://10.0.0.5',
    };
    expect(tidyEnvironment(meant)).toEqual(meant);
  });
});

describe('findServiceLinks', () => {
  it('names what was left out, of the prefix alone, and nothing that is a setting', () => {
    const environment = {
      APP_PORT: 'tcp://10.0.0.5:8080',
      '\ufeffAPP_SERVICE_HOST': '10.0.0.5',
      APP_METRICS_PORT: '9464',
      APP_NAME: 'x',
      OTHER_PORT: 'tcp://10.0.0.6:80',
    };
    const links = findServiceLinks(environment, 'APP_');
    expect(links).toEqual(['APP_PORT', 'APP_SERVICE_HOST']);
    expect(Object.keys(tidyEnvironment(environment))).toEqual(['APP_METRICS_PORT', 'APP_NAME']);
  });
});
