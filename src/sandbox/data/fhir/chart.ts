import { hash } from 'node:crypto';
import { omitUndefined } from '../../../platform/members/omitUndefined.ts';
import { dayMs, hourMs, writeInstant } from '../life/calendar.ts';
import { randomOf, startOf, type Life } from '../life/life.ts';

/** A resource of FHIR R4; whatever its type demands stands beside these. */
export interface FhirRecord {
  readonly resourceType: string;
  readonly id: string;
  readonly meta: { readonly lastUpdated: string; readonly profile?: readonly string[] };
  readonly [member: string]: unknown;
}

/** Whose record it is, and which of its resources the server has. */
export interface Chart {
  readonly life: Life;
  readonly patientID: string;
  serves(type: string): boolean;
}

export interface DoctorVisit {
  readonly number: number;
  readonly day: number;
  readonly startsAt: number;
  readonly endsAt: number;
  /** When it was written up: what belongs to it is there from then on. */
  readonly writtenAt: number;
}

/** 2023-05-23: the first visit is in the two months after it. */
const recordsBegan = 19_500;

/** Visits that were written up by now, first to last, two to four months apart. */
export function visitsOf(life: Life, now: number): readonly DoctorVisit[] {
  const visits: DoctorVisit[] = [];
  let day = recordsBegan;
  for (let number = 0; ; number += 1) {
    const random = randomOf(life, 'visit', number);
    day += number === 0 ? random.below(60) : 60 + random.below(60);
    const startsAt = startOf(life, day) + (8 + random.below(8)) * hourMs;
    const visit = { number, day, startsAt, endsAt: startsAt + hourMs / 2, writtenAt: startsAt + 5 * hourMs };
    if (visit.writtenAt > now) return visits;
    visits.push(visit);
  }
}

/** A stable identifier of one resource of a person; of nobody, for what all patients share. */
export function idOf(owner: Life | undefined, topic: string): string {
  return hash('sha256', `${owner?.person.seed ?? ''}/fhir/${topic}`, 'hex').slice(0, 20);
}

/** A resource of US Core, or of no profile. Members without a value are left out. */
export function createResource(
  resourceType: string,
  { id, at, profile }: { readonly id: string; readonly at: number; readonly profile?: string },
  members: object,
): FhirRecord {
  const meta = omitUndefined({
    lastUpdated: writeInstant(at),
    profile: profile === undefined ? undefined : [profile],
  });
  return { resourceType, id, meta, ...omitUndefined(members) };
}

export function usCore(name: string): string {
  return `http://hl7.org/fhir/us/core/StructureDefinition/us-core-${name}`;
}

export function coding(system: string, code: string, display: string) {
  return { system, code, display };
}

/** One code of one system, with its words as text. */
export function concept(system: string, code: string, display: string) {
  return { coding: [coding(system, code, display)], text: display };
}

export function reference(type: string, id: string, display?: string) {
  return omitUndefined({
    reference: `${type}/${id}`,
    display,
  });
}

export function patientOf({ life, patientID }: Chart) {
  return reference('Patient', patientID, life.person.name);
}

export function encounterOf({ life }: Chart, visit: DoctorVisit) {
  return reference('Encounter', idOf(life, `Encounter ${visit.number}`));
}

/** `2026-05-04`. */
export function dateOf(instant: number): string {
  return writeInstant(instant).slice(0, 10);
}

export const yearMs = 365 * dayMs;

export const systems = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  icd10: 'http://hl7.org/fhir/sid/icd-10-cm',
  rxNorm: 'http://www.nlm.nih.gov/research/umls/rxnorm',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  ucum: 'http://unitsofmeasure.org',
  npi: 'http://hl7.org/fhir/sid/us-npi',
  cpt: 'http://www.ama-assn.org/go/cpt',
  ndc: 'http://hl7.org/fhir/sid/ndc',
} as const;

/** A code system of HL7's own terminology. */
export function terminology(name: string): string {
  return `http://terminology.hl7.org/CodeSystem/${name}`;
}
