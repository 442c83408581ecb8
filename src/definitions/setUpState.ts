import { omitUndefined } from '../platform/members/omitUndefined.ts';
import type { Catalogue } from './catalogue.ts';
import type { NamedDefinition } from './defineProvider.ts';
import { settingNames } from './settingNames.ts';

/** How far a provider is from being offered to participants. */
export interface SetUpState {
  readonly slug: string;
  readonly name: string;
  readonly kind: NamedDefinition['kind'];
  readonly category: NamedDefinition['category'];
  readonly state: 'ready' | 'not-set-up' | 'retired' | 'closed';
  /** It works, but not everything was seen working. */
  readonly beta: boolean;
  /** Facts that have to be verified before participants depend on them. */
  readonly uncertainFacts: number;
  readonly checkedOn: string;
  /** The chosen set of addresses, where there are several. */
  readonly region?: string;
  /** Names of the settings that are needed and not there; alternatives in one entry, joined by " or ". */
  readonly missing: readonly string[];
}

/** The state of every definition, in the order of the slugs. */
export function describeSetUp({ definitions, credentials }: Catalogue): readonly SetUpState[] {
  return [...definitions.values()].map((definition) => {
    const { slug, name, kind, category, lifecycle, uncertain = {}, checkedOn } = definition;
    const region = credentials.get(slug)?.region;
    const state = stateOf(definition, credentials.has(slug));
    return omitUndefined({
      slug,
      name,
      kind,
      category,
      state,
      beta: lifecycle?.state === 'beta',
      uncertainFacts: Object.keys(uncertain).length,
      checkedOn,
      region,
      missing: state === 'not-set-up' ? neededNames(definition) : [],
    });
  });
}

function stateOf({ lifecycle }: NamedDefinition, hasCredentials: boolean): SetUpState['state'] {
  if (lifecycle?.state === 'retired' || lifecycle?.state === 'closed') return lifecycle.state;
  return hasCredentials ? 'ready' : 'not-set-up';
}

function neededNames(definition: NamedDefinition): readonly string[] {
  const settings = settingNames(definition);
  const namesOf = (needed: string) => settings.filter((one) => one.needed === needed).map(({ name }) => name);
  const alternatives = namesOf('one-of').join(' or ');
  return [...namesOf('always'), ...(alternatives === '' ? [] : [alternatives])];
}
