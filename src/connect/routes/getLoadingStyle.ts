import { defineFile } from '../pages/defineFile.ts';
import { loadingStyle } from '../pages/styles.ts';

/** Clients of the platform link it from the empty window that they open before they know where it leads. */
export const route = defineFile({
  operationID: 'getLoadingStyle',
  path: '/Content/Loading.css',
  type: 'text/css',
  text: loadingStyle,
});
