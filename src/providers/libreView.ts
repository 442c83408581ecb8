import { defineProvider } from '../definitions/defineProvider.ts';

/** Listed so that a participant who looks for it reads why it is not there. */
export const provider = defineProvider({
  kind: 'provider',
  name: 'Abbott LibreView',
  category: 'Device Manufacturer',
  keywords: ['FreeStyle Libre', 'LibreLink', 'LibreLinkUp', 'continuous glucose monitor', 'CGM'],
  checkedOn: '2026-11-22',
  sources: ['api-evangelist capture of Abbott Laboratories'],
  lifecycle: {
    state: 'closed',
    message: 'LibreView cannot be connected: Abbott does not offer this to studies.',
    reason:
      'Abbott has no interface that a study can sign up for, only agreements between companies. Public packages log ' +
      "in to LibreLinkUp with the patient's own password, which this service never asks for.",
  },
  auth: { kind: 'none' },
  errors: [],
});
