import { fillIn } from '../../../definitions/callVariables.ts';
import type { NamedDefinition } from '../../../definitions/defineProvider.ts';
import type { FhirAccess, FhirVersion } from '../../../definitions/shape/delivery.ts';
import { omitUndefined } from '../../../platform/members/omitUndefined.ts';

/** A FHIR server as an address and a definition describe it. */
export interface FhirServer {
  /** Without a trailing slash. */
  readonly base: string;
  readonly version: FhirVersion;
  readonly access: FhirAccess;
  /** Whether it has resources of this type. */
  has(type: string): boolean;
}

/** One thing that is asked of it. */
export interface FhirAddress {
  readonly server: FhirServer;
  readonly type: string;
  readonly id?: string;
  readonly isEverything: boolean;
}

/** The version that a base address shows, or the vendor's usual one. */
export function fhirVersionOf({ versions }: FhirAccess, base: string): FhirVersion {
  const path = base.toUpperCase();
  return versions.find((version) => path.includes(version)) ?? versions[0];
}

/** The address as one of a FHIR server of the definition, or undefined: any host and path may be a base. */
export function readFhirAddress(definition: NamedDefinition, url: URL): FhirAddress | undefined {
  const { delivery } = definition;
  const access = delivery !== undefined && 'fhir' in delivery ? delivery.fhir : undefined;
  if (access === undefined) return undefined;
  const found = form.exec(url.pathname);
  if (found === null) return undefined;
  const [, path = '', type = '', id, everything] = found;
  const base = url.origin + path;
  if (definition.kind === 'provider' && !isBase(definition, base)) return undefined;
  const version = fhirVersionOf(access, base);
  const types = new Set(
    access.resources.filter(({ versions }) => versions?.includes(version) ?? true).map((one) => one.type),
  );
  return omitUndefined({
    server: { base, version, access, has: (name: string) => types.has(name) },
    type,
    id,
    isEverything: everything !== undefined,
  });
}

/** A provider has one base, in each of its regions. */
function isBase(definition: NamedDefinition & { readonly kind: 'provider' }, base: string): boolean {
  const { fhirBase, regions } = definition;
  if (fhirBase === undefined) return true;
  return Object.values(regions?.values ?? { only: {} }).some((values) => fillIn(fhirBase, values) === base);
}

/** Types of R4 and of DSTU2 that an address can end with; anything else is no address of a FHIR server. */
const knownTypes =
  'AllergyIntolerance Appointment Binary CarePlan CareTeam Claim Communication Condition Coverage Device ' +
  'DiagnosticReport DocumentReference Encounter EpisodeOfCare ExplanationOfBenefit FamilyMemberHistory Goal Group ' +
  'HealthcareService ImagingStudy Immunization InsurancePlan List Location Media Medication ' +
  'MedicationAdministration MedicationDispense MedicationOrder MedicationRequest MedicationStatement NutritionOrder ' +
  'Observation Organization Patient Practitioner PractitionerRole Procedure ProcedureRequest Provenance ' +
  'Questionnaire QuestionnaireResponse RelatedPerson RequestGroup Schedule ServiceRequest Specimen';

const form = new RegExp(
  `^(.*?)/(${knownTypes.replaceAll(' ', '|')})(?:/([A-Za-z0-9\\-.]{1,64})(/\\$everything)?)?$`,
);
