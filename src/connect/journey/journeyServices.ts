import type { Services } from '../../platform/http/defineRoute.ts';

/** What the steps of a journey work with. */
export type JourneyServices = Pick<
  Services,
  'database' | 'clock' | 'random' | 'log' | 'publicUrl' | 'catalogue' | 'findDoor' | 'vault'
>;
