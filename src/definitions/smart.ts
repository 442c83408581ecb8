import type { DataType } from './dataTypes.ts';
import type { Scope } from './shape/auth.ts';
import type { ErrorRule } from './shape/errors.ts';
import { describeRecordType, type RecordTypeName } from './usCore.ts';

/** What servers of SMART App Launch have in common; a vendor's file says what differs after spreading it. */
export const smart = {
  kind: 'smart',
  discovery: ['smart-configuration', 'metadata'],
  aud: 'base',
  scopeVersion: 'v1',
  pkce: 'supported',
  scopeSeparator: ' ',
  tokenAnswer: {},
  // May be narrower than what was asked for, and may be written in the other version of scopes.
  grantedScopes: { from: 'token-answer' },
  // The record, not the person who logged in: `fhirUser` may be a parent or caregiver. Where a server names no record,
  // a patient who logged in herself has opened her own.
  userID: [
    { from: 'token-answer', field: 'patient', isPatient: true },
    { from: 'id-token', claim: 'fhirUser' },
  ],
  revoke: { by: 'discovery' },
} as const;

/** Scopes of the standard that open no data. Servers need not repeat them among the granted ones. */
export const smartScopes = {
  launchPatient: {
    name: 'launch/patient',
    label: 'Which health record is yours',
    releases: ['identity'],
    ask: 'required',
  },
  openid: {
    name: 'openid',
    label: 'Who you are, so that you are recognised when you come back',
    releases: ['identity'],
    ask: 'required',
  },
  fhirUser: {
    name: 'fhirUser',
    label: 'Whether you are the patient or act for somebody',
    releases: ['identity'],
    ask: 'required',
  },
  profile: {
    name: 'profile',
    label: 'The name of your account',
    releases: ['identity'],
    ask: 'default',
  },
  offlineAccess: {
    name: 'offline_access',
    label: 'Keep receiving new data without asking you to log in again',
    releases: ['continued-access'],
    ask: 'default',
  },
} as const satisfies Record<string, Scope>;

/** One scope for each type, for vendors that take no wildcard. */
export function scopePerType(
  types: readonly RecordTypeName[],
  ask: 'default' | 'registered' | 'never' = 'default',
): readonly Scope[] {
  return types.map((type) => {
    const { label, releases } = describeRecordType(type);
    return { name: `patient/${type}.read`, label, releases, ask };
  });
}

/**
 * The one scope for the whole record, followed by those of each type: nobody asks for them, but servers grant
 * them in its place when the participant leaves something out.
 */
export function wholeRecord(types: readonly RecordTypeName[]): readonly [Scope, ...Scope[]] {
  const each = scopePerType(types, 'never');
  const [first, ...others] = new Set(each.flatMap(({ releases }): readonly DataType[] => releases));
  if (first === undefined) throw new Error('A record consists of one type at least.');
  return [
    {
      name: 'patient/*.read',
      label: 'Everything in your record that the provider can share',
      releases: [first, ...others],
      ask: 'default',
    },
    ...each,
  ];
}

/** A server that refuses or lacks one type is nothing unusual; it must not end the reading of the others. */
export const smartErrors = [
  { phases: ['data'], status: 403, verdict: 'scope-missing' },
  { phases: ['data'], status: [404, 410], verdict: 'no-data' },
] as const satisfies ErrorRule[];
