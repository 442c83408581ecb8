import { defineProvider } from '../definitions/defineProvider.ts';

/** Never built: closed to new developers before this project began, and followed by the Google Health API. */
export const provider = defineProvider({
  kind: 'provider',
  name: 'Google Fit',
  category: 'Device Manufacturer',
  keywords: ['Wear OS'],
  checkedOn: '2026-11-22',
  sources: ['developers.google.com/fit', 'developer.android.com questions and answers about Google Fit'],
  uncertain: {
    'lifecycle.on': {
      certainty: 'medium',
      verify:
        'the last day of the interface: Google says "deprecated in 2026", an older page said the end of June 2025. ' +
        'The date here is the one since which no new application can register',
    },
  },
  lifecycle: {
    state: 'retired',
    on: '2024-05-01',
    message: 'Google Fit can no longer be connected. Please connect Google Health instead.',
    successor: 'googleHealth',
  },
  auth: { kind: 'none' },
  errors: [],
});
