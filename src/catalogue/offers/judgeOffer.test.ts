import { describe, expect, it } from 'vitest';
import type { NamedDefinition } from '../../definitions/defineProvider.ts';
import { closedMessages, judgeOffer, type Offer, type OfferFacts } from './judgeOffer.ts';

const definition = (lifecycle: NamedDefinition['lifecycle']) =>
  ({ slug: 'aMaker', kind: 'provider', name: 'A maker', lifecycle }) as NamedDefinition;

/** A provider that may be connected. */
const open: OfferFacts = {
  definition: definition({ state: 'active' }),
  isSetUp: true,
  isRetired: false,
  closedByOperator: null,
  closedByStudy: null,
  ownAccount: null,
  connectedThrough: null,
  managingOrganization: null,
  successorID: null,
};

const retired = definition({
  state: 'retired',
  on: '2026-01-01',
  message: 'It is over.',
  successor: 'newMaker',
});
const closed = definition({ state: 'closed', message: 'There is no way in.', reason: 'no interface' });

const cases: readonly (readonly [string, Partial<OfferFacts>, Offer])[] = [
  ['may be connected', {}, { enabled: true }],
  ['in beta may be connected', { definition: definition({ state: 'beta' }) }, { enabled: true }],
  ['keeps its newer connection in view', { successorID: 7 }, { enabled: true, successorID: 7 }],
  [
    'says nothing of its organisation while it may be connected',
    { managingOrganization: 'Valley Health' },
    { enabled: true },
  ],
  ['connected already by her', { ownAccount: 'fetchComplete' }, { enabled: false }],
  ['connected already by her, being fetched', { ownAccount: 'fetchingData' }, { enabled: false }],
  ['connected already by her, with an error', { ownAccount: 'error' }, { enabled: false }],
  ['unauthorized may be connected again', { ownAccount: 'unauthorized' }, { enabled: true }],
  [
    'unauthorized may be connected again although another brand is connected',
    { ownAccount: 'unauthorized', connectedThrough: 'Valley Clinic' },
    { enabled: true },
  ],
  [
    'connected through another brand on the same endpoint',
    { connectedThrough: 'Valley Clinic' },
    { enabled: false, relatedProvider: 'Valley Clinic' },
  ],
  [
    'connected through another brand of the same organisation',
    { connectedThrough: 'Valley Clinic', managingOrganization: 'Valley Health' },
    { enabled: false, relatedProvider: 'Valley Clinic', managingOrganization: 'Valley Health' },
  ],
  [
    'connected already by her is not explained by another brand',
    { ownAccount: 'error', connectedThrough: 'Valley Clinic' },
    { enabled: false },
  ],
  ['without credentials', { isSetUp: false }, { enabled: false, message: closedMessages.notSetUp }],
  [
    'that only an import of accounts has named',
    { definition: undefined, isSetUp: false },
    { enabled: false, message: closedMessages.notSetUp },
  ],
  [
    'without credentials is not connected again either',
    { isSetUp: false, ownAccount: 'unauthorized' },
    { enabled: false, message: closedMessages.notSetUp },
  ],
  [
    'that the study does not use',
    { closedByStudy: { message: null } },
    { enabled: false, message: closedMessages.notUsed },
  ],
  [
    'that the study does not use, in its words',
    { closedByStudy: { message: 'Only for the second part.' } },
    { enabled: false, message: 'Only for the second part.' },
  ],
  [
    'that the study hides',
    { closedByStudy: { message: 'Unavailable' } },
    { enabled: false, message: 'Unavailable' },
  ],
  [
    'that the study does not use is not connected again either',
    { closedByStudy: { message: null }, ownAccount: 'unauthorized' },
    { enabled: false, message: closedMessages.notUsed },
  ],
  [
    'closed by the operator',
    { closedByOperator: { message: null } },
    { enabled: false, message: closedMessages.closed },
  ],
  [
    'closed by the operator, in the operator’s words, whatever the study says',
    { closedByOperator: { message: 'Back on Monday.' }, closedByStudy: { message: 'Not used.' } },
    { enabled: false, message: 'Back on Monday.' },
  ],
  [
    'that no directory lists any more',
    { isRetired: true, successorID: 9 },
    { enabled: false, message: closedMessages.retired, successorID: 9 },
  ],
  [
    'retired, with its successor',
    { definition: retired, successorID: 49369 },
    { enabled: false, message: 'It is over.', successorID: 49369 },
  ],
  [
    'retired is not connected again',
    { definition: retired, ownAccount: 'unauthorized' },
    { enabled: false, message: 'It is over.' },
  ],
  [
    'retired says so before anything else',
    {
      definition: retired,
      isSetUp: false,
      closedByStudy: { message: 'Not used.' },
      ownAccount: 'fetchComplete',
    },
    { enabled: false, message: 'It is over.' },
  ],
  ['that has no interface', { definition: closed }, { enabled: false, message: 'There is no way in.' }],
];

describe('a provider', () => {
  it.each(cases)('%s', (_name, facts, offer) => {
    expect(judgeOffer({ ...open, ...facts })).toEqual(offer);
  });
});
