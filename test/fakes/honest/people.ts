/** Somebody with a login at the honest server. */
export interface HonestPerson {
  /** Value of the field `person`, and `sub` of tokens. */
  readonly id: string;
  readonly name: string;
  /** The record that she shares. */
  readonly patientID: string;
  /** Who she is, relative to the FHIR base; somebody else than the patient for a proxy. */
  readonly fhirUser: string;
}

export const honestPeople: readonly HonestPerson[] = [
  { id: 'ada', name: 'Ada Juniper', patientID: 'pa-1', fhirUser: 'Patient/pa-1' },
  { id: 'ben', name: 'Ben Rowan', patientID: 'pa-2', fhirUser: 'Patient/pa-2' },
  // A mother who opens her son's record.
  { id: 'cleo', name: 'Cleo Larch', patientID: 'pa-3', fhirUser: 'RelatedPerson/re-3' },
];

export function findPerson(id: string): HonestPerson | undefined {
  return honestPeople.find((person) => person.id === id);
}
