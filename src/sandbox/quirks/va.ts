import type { Quirk } from '../played/quirk.ts';

export const quirk: Quirk = {
  neverTold: { token: ['need_patient_banner'], refresh: ['patient', 'need_patient_banner'] },
  alsoTold: { token: { state: 'af0if-invented' } },
};
