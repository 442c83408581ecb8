import { defineProvider } from '../definitions/defineProvider.ts';

/**
 * Medicare's Blue Button 2.0, version 1: FHIR STU3 under /v1/. Nobody connects to it any more; version 2 has the
 * same claims in R4, under other identifiers, so a participant who comes from here gets a new account.
 */
export const provider = defineProvider({
  kind: 'provider',
  name: 'Medicare (old connection)',
  category: 'Health Plan',
  keywords: ['Blue Button', 'CMS', 'Medicare.gov'],
  checkedOn: '2026-11-22',
  sources: ['CMSgov bluebutton-web-server', 'CMSgov bluebutton-site-static'],
  uncertain: {
    'lifecycle.on': {
      certainty: 'low',
      verify:
        'when CMS ends, or ended, version 1: no day was found. The date here is the one since which this catalogue ' +
        'takes no new connection to it',
    },
  },
  lifecycle: {
    state: 'retired',
    on: '2026-11-22',
    message: 'This older connection to Medicare takes nobody new. Please connect Medicare instead.',
    successor: 'blueButton2',
  },
  auth: { kind: 'none' },
  errors: [],
});
