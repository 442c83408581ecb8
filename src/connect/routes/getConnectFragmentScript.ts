import { defineFile } from '../pages/defineFile.ts';

export const route = defineFile({
  operationID: 'getConnectFragmentScript',
  path: '/connect/fragment.js',
  asset: 'fragment.js',
});
