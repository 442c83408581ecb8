/**
 * The kinds of data that scopes release, in a participant's words. A definition says for each scope which of
 * these it opens; that is what a consent page shows and what a study's minimum is expressed in.
 */
export const dataTypes = {
  // What a device measures.
  activity: 'Steps, distance and other daily activity',
  workouts: 'Workouts and exercise sessions',
  location: 'Where you exercised (GPS)',
  'heart-rate': 'Heart rate',
  'heart-rate-variability': 'Heart rate variability',
  'cardio-fitness': 'Cardio fitness (VO2 max)',
  sleep: 'Sleep',
  'oxygen-saturation': 'Blood oxygen',
  'respiratory-rate': 'Breathing rate',
  temperature: 'Body or skin temperature',
  weight: 'Weight',
  'body-composition': 'Body composition',
  'blood-pressure': 'Blood pressure',
  glucose: 'Glucose',
  ecg: 'ECG recordings',
  'heart-rhythm': 'Notices about an irregular heart rhythm',
  nutrition: 'Food and drink',
  'reproductive-health': 'Menstrual cycle and reproductive health',
  stress: 'Stress',
  readiness: 'Recovery and readiness',
  'self-reports': 'Notes, tags and events that you enter',
  devices: 'Your devices and their settings',
  profile: 'Your profile, such as age and height',
  // What a health record or a health plan holds.
  demographics: 'Name, address and other personal details',
  allergies: 'Allergies',
  conditions: 'Health conditions',
  medications: 'Medications',
  immunizations: 'Immunizations',
  'lab-results': 'Lab results',
  'vital-signs': 'Vital signs',
  procedures: 'Procedures',
  visits: 'Visits and stays',
  documents: 'Clinical notes and documents',
  'care-plans': 'Care plans, goals and care team',
  'implanted-devices': 'Implanted devices',
  'social-history': 'Living situation and habits, such as smoking',
  questionnaires: 'Answers to health questionnaires',
  'care-providers': 'The people and places that treated you',
  coverage: 'Insurance coverage',
  claims: 'Insurance claims and what was paid',
  // What opens nothing by itself.
  identity: 'Who you are at the provider',
  'continued-access': 'Access while you are not there',
} as const;

/** One of {@link dataTypes}, as definitions name it. */
export type DataType = keyof typeof dataTypes;
