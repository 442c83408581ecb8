import { defineFile } from '../pages/defineFile.ts';

export const route = defineFile({
  operationID: 'getConnectStartScript',
  path: '/connect/start.js',
  asset: 'start.js',
});
