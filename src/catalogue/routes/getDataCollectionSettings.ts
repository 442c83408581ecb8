import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { DataCollectionSettings } from '../../contract/dataCollectionSettings.ts';
import type { CatalogueParts } from '../catalogueParts.ts';
import { judgeConnecting } from '../judgeConnecting.ts';
import { findProviders, readSituation } from '../offerProviders.ts';

/** Numbers by which clients of the platform know the makers (`docs/decisions/0008-provider-numbers.md`). */
const makers = {
  fitbitEnabled: 564,
  googleHealthEnabled: 49369,
  garminEnabled: 6327,
  dexcomEnabled: 5691,
  omronEnabled: 1466,
  ouraEnabled: 45417,
} as const;

/** Which of the platform's menus have something to offer to the participant. */
export const route = defineDelegatedRoute({
  operationID: 'getDataCollectionSettings',
  method: 'GET',
  path: '/api/v1/delegated/datacollectionsettings',
  summary: 'What the study collects',
  description:
    'A maker is enabled when a request to connect it would be accepted now: a retired one only for a participant who has an account with it, because connecting it leads to its successor. What is collected on devices themselves is not our work, and never enabled.',
  scope: 'DataCollectionSettings:read',
  answers: {
    200: { description: 'The settings.', content: { 'application/json': DataCollectionSettings } },
  },
  answer: async ({ caller }, parts: CatalogueParts) => {
    const situation = await readSituation(parts.database, caller);
    const facts = await findProviders(parts.database, Object.values(makers));
    const held = new Set(situation.accounts.map(({ providerID }) => providerID));
    const open = new Set<number>();
    for (const maker of facts) {
      const { providerID, reason } = await judgeConnecting(parts, situation, maker);
      if (reason === undefined && (providerID === maker.id || held.has(maker.id))) open.add(maker.id);
    }
    const body: DataCollectionSettings = {
      fitbitEnabled: open.has(makers.fitbitEnabled),
      googleHealthEnabled: open.has(makers.googleHealthEnabled),
      garminEnabled: open.has(makers.garminEnabled),
      dexcomEnabled: open.has(makers.dexcomEnabled),
      omronEnabled: open.has(makers.omronEnabled),
      ouraEnabled: open.has(makers.ouraEnabled),
      ehrEnabled: situation.categories.some((category) => category !== 'Device Manufacturer'),
      airQualityEnabled: false,
      weatherEnabled: false,
      appleHealthEnabled: false,
      appleHealthRecordsEnabled: false,
      googleFitEnabled: false,
      healthConnectEnabled: false,
      queryableDeviceDataTypes: [],
    };
    return { status: 200, body };
  },
});
