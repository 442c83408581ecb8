import type { DelegatedParticipant, Participant } from '../../contract/participant.ts';
import { omitUndefined } from '../../platform/members/omitUndefined.ts';
import type { ParticipantProfile } from '../../projects/participantProfiles.ts';

/** A participant as the study sees her. */
export function describeParticipant(profile: ParticipantProfile): Participant {
  const { enrolledAt, withdrawnAt, demographics, customFields } = profile;
  return {
    id: profile.participantID,
    participantIdentifier: profile.participantIdentifier,
    secondaryIdentifier: customFields['SecondaryIdentifier'] ?? null,
    linkIdentifier: null,
    enrolled: enrolledAt !== null,
    enrollmentDate: enrolledAt === null ? null : `${writeInstant(enrolledAt)}+00:00`,
    withdrawDate: withdrawnAt === null ? null : `${writeInstant(withdrawnAt)}+00:00`,
    insertedDate: `${writeInstant(profile.insertedAt)}+00:00`,
    invitationStatus: profile.invitationStatus,
    excludeFromExport: profile.excludedFromExport,
    demographics,
    customFields,
  };
}

/** The same as she sees herself. */
export function describeOwnParticipant(projectID: string, profile: ParticipantProfile): DelegatedParticipant {
  const { enrolledAt, demographics, customFields } = profile;
  return omitUndefined({
    participantID: profile.participantID,
    participantIdentifier: profile.participantIdentifier,
    secondaryIdentifier: customFields['SecondaryIdentifier'],
    projectID,
    demographics,
    customFields,
    enrollmentDate: enrolledAt === null ? undefined : `${writeInstant(enrolledAt)}Z`,
  });
}

/** UTC without a zone, with as many digits of a fraction as are needed. */
function writeInstant(instant: number): string {
  return new Date(instant).toISOString().replace(/\.?0*Z$/, '');
}
