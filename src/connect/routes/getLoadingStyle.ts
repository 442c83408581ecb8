import { defineFile } from '../pages/defineFile.ts';

/** Clients of the platform link it from the empty window that they open before they know where it leads. */
export const route = defineFile({
  operationID: 'getLoadingStyle',
  path: '/Content/Loading.css',
  asset: 'loading.css',
  forPagesOfOthers: true,
});
