import type { Accuse } from './rules.ts';

const word = /^[\x21\x23-\x5B\x5D-\x7E]+$/;
const notClinical = new Set([
  'openid',
  'fhirUser',
  'profile',
  'offline_access',
  'online_access',
  'launch/patient',
]);
const clinical = {
  v1: /^(patient|user|system)\/(\*|[A-Z][A-Za-z]+)\.(read|write|\*)$/,
  // At least one letter, in this order, and then perhaps search parameters.
  v2: /^(patient|user|system)\/(\*|[A-Z][A-Za-z]+)\.(?=[cruds])c?r?u?d?s?(\?[A-Za-z_:.-]+=[^&=]+(&[A-Za-z_:.-]+=[^&=]+)*)?$/,
};

/** Judges the scopes of a standalone patient launch at a server that announces these versions. */
export function judgeScopes(
  text: string | undefined,
  versions: readonly ('v1' | 'v2')[],
  accuse: Accuse,
): void {
  if (text === undefined) {
    accuse('scope-missing');
    return;
  }
  const scopes = text.split(' ');
  if (!scopes.every((scope) => word.test(scope))) {
    accuse('scope-characters');
    return;
  }
  if (new Set(scopes).size < scopes.length) accuse('scope-twice');
  if (!scopes.includes('launch/patient')) accuse('scope-patient-context');
  if (scopes.includes('fhirUser') && !scopes.includes('openid')) accuse('scope-fhir-user');
  for (const scope of scopes) {
    if (scope === 'launch') accuse('scope-launch');
    else if (notClinical.has(scope)) continue;
    else if (!versions.some((version) => clinical[version].test(scope))) accuse('scope-syntax');
    else if (!scope.startsWith('patient/')) accuse('scope-permission');
  }
}
