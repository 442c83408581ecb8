import { Type, type Static } from 'typebox';
import { DelegatedDate, Guid } from './scalars.ts';

const Texts = Type.Object({}, { additionalProperties: Type.String() });

/** What the platform knows of a person, under its names; all of it texts, `true` and `false` too. */
export const demographicNames = [
  'email',
  'mobilePhone',
  'firstName',
  'middleName',
  'lastName',
  'dateOfBirth',
  'gender',
  'preferredLanguage',
  'street1',
  'street2',
  'city',
  'state',
  'postalCode',
  'utcOffset',
  'timeZone',
  'unsubscribedFromEmails',
  'unsubscribedFromSms',
] as const;

/** What became of an invitation to take part. */
export const invitationStatuses = ['pending', 'declined', 'cancelled', 'approved', 'notInvited'] as const;
/** One of {@link invitationStatuses}. */
export type InvitationStatus = (typeof invitationStatuses)[number];

/**
 * A participant as her own page sees her. Pages read fields of `demographics` and `customFields` without asking
 * whether these are there, so both always are; what is not known about a person is left out of them.
 */
export const DelegatedParticipant = Type.Object(
  {
    participantID: Guid,
    participantIdentifier: Type.String({ description: "The project's own name for the participant." }),
    secondaryIdentifier: Type.Optional(
      Type.String({ description: 'The custom field SecondaryIdentifier, where there is one.' }),
    ),
    projectID: Guid,
    demographics: Texts,
    customFields: Texts,
    enrollmentDate: Type.Optional(DelegatedDate),
  },
  { additionalProperties: false, $id: 'DelegatedParticipant' },
);
export type DelegatedParticipant = Static<typeof DelegatedParticipant>;

/** UTC with an offset, as the platform's participants API writes it. */
const OffsetDate = Type.String({
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,7})?\\+00:00$',
  description: 'UTC, with its offset.',
  examples: ['2020-06-16T15:23:00.9+00:00'],
});

const orNull = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);

const InvitationStatusOrNull = Type.Unsafe<InvitationStatus | null>(
  Type.Union([...invitationStatuses.map((status) => Type.Literal(status)), Type.Null()]),
);

/** A participant as the study sees her. Clients read every member without asking whether it is there: none is left out. */
export const Participant = Type.Object(
  {
    id: Guid,
    participantIdentifier: Type.String(),
    secondaryIdentifier: orNull(Type.String()),
    linkIdentifier: Type.Null({ description: 'Surveys by link are not served here.' }),
    enrolled: Type.Boolean(),
    enrollmentDate: orNull(OffsetDate),
    withdrawDate: orNull(OffsetDate),
    insertedDate: OffsetDate,
    invitationStatus: InvitationStatusOrNull,
    excludeFromExport: Type.Boolean(),
    demographics: Texts,
    customFields: Texts,
  },
  { additionalProperties: false, $id: 'Participant' },
);
export type Participant = Static<typeof Participant>;

/** A part of the participants of a study. */
export const ParticipantPage = Type.Object(
  {
    pageNumber: Type.Integer({ minimum: 0 }),
    totalParticipants: Type.Integer({ minimum: 0, description: 'All that match.' }),
    participants: Type.Array(Participant),
  },
  { additionalProperties: false, $id: 'ParticipantPage' },
);
export type ParticipantPage = Static<typeof ParticipantPage>;

/** What a client may give for one field: numbers and booleans are kept as text, null takes the field away. */
const FieldValue = Type.Union([
  Type.String({ maxLength: 10_000 }),
  Type.Number(),
  Type.Boolean(),
  Type.Null(),
]);
export type FieldValue = Static<typeof FieldValue>;

/** Fields to change; those that are not named stay. */
export const ProfileChange = Type.Object(
  {
    demographics: Type.Optional(
      Type.Object(Object.fromEntries(demographicNames.map((name) => [name, Type.Optional(FieldValue)])), {
        additionalProperties: false,
      }),
    ),
    customFields: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: 200 }), FieldValue, { maxProperties: 500 }),
    ),
  },
  { $id: 'ProfileChange' },
);
export type ProfileChange = Static<typeof ProfileChange>;

const dateText = Type.String({
  maxLength: 40,
  description: 'ISO 8601; without a zone it is UTC.',
});

/**
 * A participant to add or to change. Members of a participant that cannot be set (`id`, `insertedDate`) are not looked
 * at, so that a client can send back what it got.
 */
export const ParticipantChange = Type.Object(
  {
    participantIdentifier: Type.String({ minLength: 1, maxLength: 200 }),
    secondaryIdentifier: Type.Optional(orNull(Type.String({ maxLength: 10_000 }))),
    enrolled: Type.Optional(orNull(Type.Boolean())),
    enrollmentDate: Type.Optional(orNull(dateText)),
    withdrawDate: Type.Optional(orNull(dateText)),
    invitationStatus: Type.Optional(InvitationStatusOrNull),
    excludeFromExport: Type.Optional(orNull(Type.Boolean())),
    demographics: Type.Optional(orNull(ProfileChange.properties.demographics)),
    customFields: Type.Optional(orNull(ProfileChange.properties.customFields)),
  },
  { $id: 'ParticipantChange' },
);
export type ParticipantChange = Static<typeof ParticipantChange>;

/** Participants of one request at the most. */
export const participantsMax = 1_000;

/** Many participants to add or to change. */
export const ParticipantChanges = Type.Object(
  {
    participants: Type.Array(ParticipantChange, { maxItems: participantsMax }),
    sendDefaultInvitationNotifications: Type.Optional(
      orNull(
        Type.Literal(false, { description: 'Nothing is sent to participants from here: true is refused.' }),
      ),
    ),
  },
  { $id: 'ParticipantChanges' },
);

/** What was done with a participant; `none` where she was there already and must not be changed. */
export const participantActions = ['added', 'updated', 'none'] as const;
const actionTaken = Type.Union(participantActions.map((action) => Type.Literal(action)));

/** What became of one participant. */
export const ParticipantResult = Type.Object(
  { actionTaken, participant: Participant },
  { additionalProperties: false, $id: 'ParticipantResult' },
);

/** What became of many. */
export const ParticipantResults = Type.Object(
  {
    totalAdded: Type.Integer({ minimum: 0 }),
    totalUpdated: Type.Integer({ minimum: 0 }),
    results: Type.Array(
      Type.Object(
        {
          actionTaken,
          result: Type.Object({ participantIdentifier: Type.String() }, { additionalProperties: false }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false, $id: 'ParticipantResults' },
);
