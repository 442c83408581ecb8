import { defineFile } from '../pages/defineFile.ts';

/** The script of the page on which a journey ends. */
export const route = defineFile({
  operationID: 'getConnectEndScript',
  path: '/connect/end.js',
  asset: 'end.js',
});
