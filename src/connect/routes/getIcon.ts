import { defineFile } from '../pages/defineFile.ts';

/** What browsers show beside the title of our pages. */
export const route = defineFile({ operationID: 'getIcon', path: '/connect/icon.svg', asset: 'icon.svg' });
