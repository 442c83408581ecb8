import type { VendorData } from '../vendorData.ts';

/** Medicare's synthetic members have negative numbers. */
export const vendor: VendorData = { userIDs: 'negative-number' };
