import { writeInstant } from '../life/calendar.ts';
import { randomOf } from '../life/life.ts';
import {
  coding,
  concept,
  encounterOf,
  idOf,
  patientOf,
  createResource,
  reference,
  systems,
  terminology,
  usCore,
  type Chart,
  type FhirRecord,
  type DoctorVisit,
} from './chart.ts';
import { clinic, doctor } from './places.ts';

/** The note about a visit: its frame, its text (as a resource of its own where the server has such), and who wrote it. */
export function writeVisitNote(chart: Chart, visit: DoctorVisit): readonly FhirRecord[] {
  const { life } = chart;
  const { number, startsAt, endsAt, writtenAt } = visit;
  const [id, binary] = [idOf(life, `DocumentReference ${number}`), idOf(life, `Binary ${number}`)];
  const text = `Visit of ${writeInstant(startsAt).slice(0, 10)}. ${life.person.name} feels well. Invented for a sandbox.`;
  const data = Buffer.from(text).toString('base64');
  const contentType = 'text/plain';
  const isOwnResource = chart.serves('Binary');
  const author = reference('Practitioner', doctor.id, doctor.name);
  return [
    createResource(
      'DocumentReference',
      { id, at: writtenAt, profile: usCore('documentreference') },
      {
        identifier: [{ system: 'urn:oid:2.16.840.1.113883.3.999.3', value: id.slice(0, 12) }],
        status: 'current',
        type: concept(systems.loinc, '11506-3', 'Progress note'),
        category: [
          concept(
            'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
            'clinical-note',
            'Clinical Note',
          ),
        ],
        subject: patientOf(chart),
        date: writeInstant(writtenAt),
        author: [author],
        content: [
          {
            attachment: isOwnResource
              ? { contentType, url: `Binary/${binary}`, title: 'Progress note' }
              : { contentType, data, title: 'Progress note' },
            format: coding(
              'http://ihe.net/fhir/ValueSet/IHE.FormatCode.codesystem',
              'urn:ihe:iti:xds:2017:mimeTypeSufficient',
              'mimeType Sufficient',
            ),
          },
        ],
        context: {
          encounter: [encounterOf(chart, visit)],
          period: { start: writeInstant(startsAt), end: writeInstant(endsAt) },
        },
      },
    ),
    createResource('Binary', { id: binary, at: writtenAt }, { contentType, data }),
    createResource(
      'Provenance',
      { id: idOf(life, `Provenance ${number}`), at: writtenAt, profile: usCore('provenance') },
      {
        target: [reference('DocumentReference', id)],
        recorded: writeInstant(writtenAt),
        agent: [
          {
            type: concept(terminology('provenance-participant-type'), 'author', 'Author'),
            who: author,
            onBehalfOf: reference('Organization', clinic.id, clinic.name),
          },
        ],
      },
    ),
  ];
}

/** Her answers to the questionnaire of which the score is an observation. */
export function questionnaire(chart: Chart, visit: DoctorVisit): FhirRecord {
  const score = randomOf(chart.life, 'survey', visit.number).below(4);
  const item = (linkId: string, text: string, value: number) => ({
    linkId,
    text,
    answer: [{ valueInteger: value }],
  });
  const id = idOf(chart.life, `QuestionnaireResponse ${visit.number}`);
  return createResource(
    'QuestionnaireResponse',
    { id, at: visit.writtenAt, profile: usCore('questionnaireresponse') },
    {
      questionnaire: 'http://loinc.org/q/55757-9',
      status: 'completed',
      subject: patientOf(chart),
      authored: writeInstant(visit.startsAt),
      author: patientOf(chart),
      item: [
        item('44250-9', 'Little interest or pleasure in doing things', Math.floor(score / 2)),
        item('44255-8', 'Feeling down, depressed, or hopeless', score - Math.floor(score / 2)),
      ],
    },
  );
}
