import { defineFile } from '../pages/defineFile.ts';

export const route = defineFile({
  operationID: 'getConnectStyle',
  path: '/connect/style.css',
  asset: 'style.css',
});
