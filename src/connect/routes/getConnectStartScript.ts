import { defineFile } from '../pages/defineFile.ts';
import { scripts } from '../pages/scripts.ts';

export const route = defineFile({
  operationID: 'getConnectStartScript',
  path: '/connect/start.js',
  type: 'text/javascript',
  text: scripts.start,
});
