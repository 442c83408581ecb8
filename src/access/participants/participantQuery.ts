import { Type } from 'typebox';
import { invitationStatuses, type InvitationStatus } from '../../contract/participant.ts';
import { Guid } from '../../contract/scalars.ts';
import { anyCase, listOf } from '../../platform/http/listOf.ts';
import { Unreadable, type FieldsOf } from '../../platform/http/readFields.ts';
import type { ParticipantFilters } from '../../projects/participantProfiles.ts';

const pageSizeMax = 1_000;
const usualPageSize = 100;

const yesOrNo = (description: string) => anyCase(['true', 'false'], { description });

const instant = (description: string) =>
  Type.Codec(
    Type.String({ maxLength: 40, description: `ISO 8601; without a zone it is UTC. ${description}` }),
  )
    .Decode((text): number => {
      // A plus sign that nobody escaped has become a space.
      const written = text.replace(/ (\d{2}:?\d{2})$/, '+$1');
      const hasZone = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(written);
      const at = /^\d{4}-\d{2}-\d{2}(?:$|T)/.test(written)
        ? Date.parse(hasZone || !written.includes('T') ? written : `${written}Z`)
        : NaN;
      if (!Number.isFinite(at)) throw new Unreadable('is no date of ISO 8601');
      return at;
    })
    .Encode((at) => new Date(at).toISOString());

/** Query parameters of the list of participants; a filter without a value is none, as a quickstart sends it. */
export const participantQueryParameters = Type.Object({
  query: Type.Optional(
    Type.String({
      maxLength: 500,
      description: 'A part of the identifier, first name, last name or mail address, in any letter case.',
    }),
  ),
  participantID: Type.Optional(Guid),
  participantIdentifier: Type.Optional(Type.String({ description: 'Matched exactly.' })),
  secondaryIdentifier: Type.Optional(
    Type.String({ description: 'The custom field SecondaryIdentifier, matched exactly.' }),
  ),
  enrolled: Type.Optional(yesOrNo('Whether the participant has enrolled: true or false.')),
  invitationStatus: Type.Optional(
    listOf(anyCase(invitationStatuses), {
      description: `Comma-separated, in any letter case: ${invitationStatuses.join(', ')}.`,
    }),
  ),
  enrolledAfter: Type.Optional(instant('Enrolled later than this.')),
  enrolledBefore: Type.Optional(instant('Enrolled earlier than this.')),
  insertedAfter: Type.Optional(instant('Added later than this.')),
  insertedBefore: Type.Optional(instant('Added earlier than this.')),
  pageSize: Type.Optional(
    Type.Integer({
      minimum: 1,
      // Clients reckon with the size that they asked for: a smaller one would make them miss people.
      maximum: pageSizeMax,
      default: usualPageSize,
    }),
  ),
  pageNumber: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 999_999, default: 0, description: 'Zero-based.' }),
  ),
});

/** What such a query asks for. */
export function readParticipantQuery(query: FieldsOf<typeof participantQueryParameters>): {
  readonly filters: ParticipantFilters;
  readonly pageNumber: number;
  readonly offset: number;
  readonly limit: number;
} {
  const { query: text, enrolled, invitationStatus, pageSize, pageNumber = 0, ...exact } = query;
  const limit = pageSize ?? usualPageSize;
  return {
    filters: {
      ...exact,
      text: text?.trim() === '' ? undefined : text?.trim(),
      enrolled: enrolled === undefined ? undefined : enrolled === 'true',
      invitationStatuses: invitationStatus as readonly InvitationStatus[] | undefined,
    },
    pageNumber,
    offset: pageNumber * limit,
    limit,
  };
}
