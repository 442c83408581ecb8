import { defineFile } from '../pages/defineFile.ts';

/** How the pages of the journey look. */
export const route = defineFile({
  operationID: 'getConnectStyle',
  path: '/connect/style.css',
  asset: 'style.css',
});
