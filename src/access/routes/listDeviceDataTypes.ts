import { Type } from 'typebox';
import { defineDelegatedRoute } from '../delegatedRoute.ts';

/** Pages of the platform ask it before they draw charts. */
export const route = defineDelegatedRoute({
  operationID: 'listDeviceDataTypes',
  method: 'GET',
  path: '/api/v2/delegated/devicedata/allDataTypes',
  summary: 'List types of device data',
  description: 'Never any: charts of device data are not served here. Parameters of any kind are accepted.',
  scope: 'DeviceData:read',
  readsQuery: true,
  answers: {
    200: {
      description: 'None.',
      content: { 'application/json': Type.Array(Type.Unknown(), { maxItems: 0 }) },
    },
  },
  answer: () => Promise.resolve({ status: 200, body: [] }),
});
