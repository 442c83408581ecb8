import { defineFile } from '../pages/defineFile.ts';
import { scripts } from '../pages/scripts.ts';

export const route = defineFile({
  operationID: 'getConnectFragmentScript',
  path: '/connect/fragment.js',
  type: 'text/javascript',
  text: scripts.fragment,
});
