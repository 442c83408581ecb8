import { defineFile } from '../pages/defineFile.ts';
import { pageStyle } from '../pages/styles.ts';

export const route = defineFile({
  operationID: 'getConnectStyle',
  path: '/connect/style.css',
  type: 'text/css',
  text: pageStyle,
});
