import { defineDelegatedRoute } from '../../access/delegatedRoute.ts';
import { DataAvailability } from '../../contract/dataAvailability.ts';

/** Pages that offer health records ask this before they show anything. */
export const route = defineDelegatedRoute({
  operationID: 'getDataAvailability',
  method: 'GET',
  path: '/api/v1/delegated/dataavailability',
  summary: 'Which records have arrived from devices',
  description: 'What is collected on devices themselves is not our work: never any.',
  scope: 'DataCollectionSettings:read',
  answers: { 200: { description: 'None.', content: { 'application/json': DataAvailability } } },
  answer: () => {
    const body: DataAvailability = { appleHealthRecords: false, healthConnectPhr: false };
    return Promise.resolve({ status: 200, body });
  },
});
