/**
 * The patient of a launch context or a reference in any of its spellings: `ID`, `Patient/ID`, the whole address of the
 * record, each with a version or without. Undefined for what names something else. Anything but a text stays as it is.
 */
export function readPatientID(value: unknown): unknown {
  return typeof value === 'string' && value.includes('/') ? readPatientReference(value) : value;
}

/** The patient that a reference names; undefined for a bare identifier, which does not say of what. */
export function readPatientReference(value: unknown): string | undefined {
  const { type, id } = readRecordReference(value) ?? {};
  return type === 'Patient' ? id : undefined;
}

/** What a FHIR reference names (HL7 FHIR R4, References); undefined for what is none. */
export function readRecordReference(
  value: unknown,
): { readonly type: string; readonly id: string } | undefined {
  if (typeof value !== 'string' || value.length > 2_000) return undefined;
  const [, type, id] =
    /(?:^|\/)([A-Za-z]{1,60})\/([^/?#\s]+)(?:\/_history\/[^/?#\s]+)?\/?$/.exec(value) ?? [];
  return type === undefined || id === undefined ? undefined : { type, id };
}
