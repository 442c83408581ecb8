import { Type, type Static } from 'typebox';

/** Things to share under one heading. */
const SharedGroup = Type.Object(
  {
    title: Type.String(),
    items: Type.Array(
      Type.Object(
        { label: Type.String(), needed: Type.Boolean({ description: 'No connection without it.' }) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

/** What a participant shares through an account, in words for her. */
export const ExternalAccountSharing = Type.Object(
  {
    shared: Type.Array(SharedGroup, { description: 'Asked for and granted: this is fetched.' }),
    leftOut: Type.Array(SharedGroup, { description: 'Asked for and not granted.' }),
    unasked: Type.Array(SharedGroup, { description: 'Granted and not asked for: this is not fetched.' }),
    unknown: Type.Integer({
      minimum: 0,
      description: 'Scopes granted that nobody asked for and that the service does not know; not fetched.',
    }),
  },
  { $id: 'ExternalAccountSharing', additionalProperties: false },
);
export type ExternalAccountSharing = Static<typeof ExternalAccountSharing>;
