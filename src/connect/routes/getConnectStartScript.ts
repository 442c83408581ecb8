import { defineFile } from '../pages/defineFile.ts';

/** The start page proves its verifier with it, and goes on at a click. */
export const route = defineFile({
  operationID: 'getConnectStartScript',
  path: '/connect/start.js',
  asset: 'start.js',
});
