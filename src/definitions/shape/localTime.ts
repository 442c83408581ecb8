/** How a vendor tells what the participant's clock showed; times themselves are UTC where nothing else is said. */
export type LocalTime =
  /** Path of the offset in each item. Garmin: seconds. WHOOP: text such as `-05:00`. */
  | { readonly kind: 'offset'; readonly path: string; readonly unit: 's' | 'text' }
  /** Path of the name of the zone in each item, or in the answer around the items. Withings. */
  | { readonly kind: 'zone'; readonly path: string; readonly in: 'item' | 'answer' }
  /** Times are local and without a zone; `path` of the answer of `url` is the offset in milliseconds. Fitbit. */
  | { readonly kind: 'profile'; readonly url: string; readonly path: string; readonly unit: 'ms' }
  /** Times are those of the device, and nobody tells its zone. Polar: exercises and daily activity. */
  | { readonly kind: 'device-clock' }
  /** Each item has two times: UTC and the participant's clock. Dexcom. */
  | { readonly kind: 'two-clocks'; readonly utc: string; readonly local: string };
