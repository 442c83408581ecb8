import type { Address } from '../reading/defineDirectory.ts';
import { cleanName, cutText, identifierLengthMax } from '../reading/cleanName.ts';
import { cleanAddress, cleanNames } from '../reading/collectEntries.ts';
import { codesOf, extensionsOf, objectOf, objectsOf, textOf, textsOf, type Unknowns } from './fhirValues.ts';

/** What of an Organization is kept; the resource itself, with its logos, can be forgotten. */
export interface Organisation {
  readonly name: string;
  readonly aliases: readonly string[];
  /** `system|value`, those that identify best first. */
  readonly identifiers: readonly string[];
  /** Null when the resource does not say, or says both. */
  readonly category: 'Provider' | 'Health Plan' | null;
  readonly active: boolean;
  readonly addresses: readonly Address[];
  /** Null when the resource names none. */
  readonly partOf: Reference | null;
  readonly endpoints: readonly PortalEndpoint[];
  readonly portalNames: readonly string[];
  /** How many it brings along and how many it points to. */
  readonly logos: { readonly embedded: number; readonly linked: number };
}

/** A reference to another resource, as it is written: what it leads to is for the graph to find. */
export interface Reference {
  readonly reference: string;
  /** What the reference says its target is called. */
  readonly display: string;
}

interface PortalEndpoint {
  readonly reference: string;
  /** Name of the portal that the endpoint belongs to. */
  readonly portal: string;
}

/**
 * An Organization of FHIR R4 or R5, with what SMART App Launch 2.2 adds for brands: aliases, portals
 * (organization-portal) and logos (organization-brand).
 */
export function readOrganisation(resource: Unknowns): Organisation {
  const name = cleanName(textOf(resource.name));
  const portals = extensionsOf(resource, 'organization-portal').map(readPortal);
  const listed = objectsOf(resource.endpoint).map((item) => ({ ...readReference(item), portal: '' }));
  return {
    name,
    aliases: cleanNames(textsOf(resource.alias), name),
    identifiers: readIdentifiers(resource.identifier),
    category: readCategory(resource.type),
    active: resource.active !== false,
    addresses: readAddresses(resource),
    partOf: resource.partOf === undefined ? null : readReference(objectOf(resource.partOf)),
    // The brand repeats its portals' endpoints for those who do not know portals; the first one counts.
    endpoints: [...portals.flatMap(({ endpoints }) => endpoints), ...listed]
      .filter(({ reference }) => reference !== '')
      .map(({ reference, portal }) => ({ reference, portal })),
    portalNames: cleanNames(portals.map((portal) => portal.name)),
    logos: countLogos(extensionsOf(resource, 'organization-brand')),
  };
}

/** A Reference of FHIR; both texts are empty where it has none. */
export function readReference(value: Unknowns): Reference {
  return {
    reference: textOf(value.reference).slice(0, 1_000),
    display: cleanName(textOf(value.display)),
  };
}

function readPortal(extension: Unknowns) {
  const [nameElement = {}] = extensionsOf(extension, 'portalName');
  const name = cleanName(textOf(nameElement.valueString));
  const endpoints = extensionsOf(extension, 'portalEndpoint').map((element) => ({
    ...readReference(objectOf(element.valueReference)),
    portal: name,
  }));
  return { name, endpoints };
}

/** The web site is what SMART App Launch recommends; NPI is the registry of the United States. */
const systemsFirst = ['urn:ietf:rfc:3986', 'http://hl7.org/fhir/sid/us-npi'];

function readIdentifiers(value: unknown): string[] {
  const rank = (system: string) => (systemsFirst.includes(system) ? systemsFirst.indexOf(system) : 9);
  return objectsOf(value)
    .map((item) => ({ system: cleanName(textOf(item.system)), value: cleanName(textOf(item.value)) }))
    .filter((identifier) => identifier.value !== '')
    .map(({ system, value: given }) => ({
      rank: rank(system),
      key: cutText(
        `${system}|${system === systemsFirst[0] ? given.toLowerCase() : given}`,
        identifierLengthMax,
      ),
    }))
    .sort((left, right) => left.rank - right.rank || (left.key < right.key ? -1 : 1))
    .map(({ key }) => key);
}

/** Codes of organization-type (HL7 terminology) and user-access-category (SMART App Launch). */
const planCodes = new Set(['ins', 'pay', 'insurance']);
const providerCodes = new Set(['prov', 'clinical', 'laboratory', 'imaging', 'pharmacy']);

function readCategory(type: unknown): Organisation['category'] {
  const codes = codesOf(type).map(({ code }) => code);
  const plan = codes.some((code) => planCodes.has(code));
  const provider = codes.some((code) => providerCodes.has(code));
  return plan === provider ? null : plan ? 'Health Plan' : 'Provider';
}

/** R5 moved addresses into contacts. */
function readAddresses(resource: Unknowns): Address[] {
  const given = [
    ...objectsOf(resource.address),
    ...objectsOf(resource.contact).flatMap(({ address }) => objectsOf(address)),
  ];
  return given
    .slice(0, 100)
    .map(({ city, state, postalCode }) =>
      cleanAddress({ city: textOf(city), state: textOf(state), postalCode: textOf(postalCode) }),
    )
    .filter((address) => address !== undefined);
}

function countLogos(brands: readonly Unknowns[]): Organisation['logos'] {
  const addresses = brands
    .flatMap((brand) => extensionsOf(brand, 'brandLogo'))
    .map((logo) => textOf(logo.valueUrl));
  const embedded = addresses.filter((address) => /^data:/i.test(address)).length;
  const linked = addresses.filter((address) => /^https:/i.test(address)).length;
  return { embedded, linked };
}
