import { refusals } from './normaliseEndpoint.ts';

/** Why an entry of a directory is of no use, in words for whoever maintains the directory. */
export const skipReasons = {
  ...refusals,
  'no-name': 'a name without any letter',
  'no-endpoint': 'no endpoint, neither of its own nor of an organisation that it is part of',
  'endpoint-missing': 'a reference to an endpoint that is not in these files',
  'endpoint-not-in-use': 'an endpoint that is switched off, a test or entered in error',
  'not-fhir': 'an endpoint of another kind than a FHIR server',
  inactive: 'an organisation that is no longer active',
  'other-resource': 'neither an organisation nor an endpoint',
} as const;
/** A code of {@link skipReasons}, as reports name it. */
export type SkipReason = keyof typeof skipReasons;
