import { defineFile } from '../pages/defineFile.ts';

/** For a provider that puts its answer into the fragment of the address, which no server sees. */
export const route = defineFile({
  operationID: 'getConnectFragmentScript',
  path: '/connect/fragment.js',
  asset: 'fragment.js',
});
