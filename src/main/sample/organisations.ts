/**
 * Hospitals, practices and health plans that do not exist, in the order of how many participants use them.
 *
 * Invented on purpose: a sample must never put a real organisation's name beside made-up failures. A test
 * compares them with the real directories where those are at hand.
 */
export const inventedProviders: readonly string[] = [
  'Cedar Hollow Regional Medical Center',
  'Lake Wexford University Hospital',
  'Three Herons Health System',
  'Saint Odalys Medical Center',
  'Bramblewood Family Medicine',
  'Port Ellery General Hospital',
  'Marrow Creek Community Hospital',
  'Foxglove Valley Health Network',
  'Prairie Lantern Medical Group',
  'Whitlow Point Cardiology Associates',
  'Tamsin Ridge Memorial Hospital',
  'Juniper Bay Internal Medicine',
  'Holloway Falls Clinic',
  'Quillfeather Pediatrics',
  'Amber Mesa Endocrinology Center',
  'Larkspur County Health Services',
  'Saint Briony Children\u2019s Hospital',
  'Old Ferry Landing Primary Care',
  'Goldenrod Womens Health, PLLC',
  'Mill Sparrow Orthopedics & Sports Medicine',
  'Tidewick Harbor Hospital',
  'Copperleaf Family Practice, P.C.',
  'North Quarry Heart & Vascular Institute',
  'Silver Thicket Medical Partners',
  'Dunmarrow Veterans Memorial Clinic',
  'Emberly Plains Critical Access Hospital',
  'Heron & Pike Urology, LLC',
  'Rosewater Bend Oncology',
  'Sable Pines Behavioral Health',
  'Crane Orchard Pulmonary Associates',
  'Willowmere Senior Care Physicians',
  'Thistledown Dermatology, "The Skin Practice"',
  'Basalt Canyon Medical Center',
  'Gullwing Island Health Center',
  'Penhallow Nephrology Group',
  'Wren Meadow Obstetrics & Gynecology',
  'Blue Kestrel Urgent Care',
  'Fallow Deer Neurology Center',
  'Ashgrove Terrace Sleep Clinic',
  'Clínica Familiar Río Garza',
];

/** Health plans of nobody, the most used one first. */
export const inventedPlans: readonly string[] = [
  'Harborlight Health Plan',
  'Great Basalt Mutual Insurance',
  'Meadowlark Advantage HMO',
  'Union & Ember Health Cooperative',
  'Juniper State Medicaid',
  'Three Rivers Assurance of Larkspur',
  'Northquill Benefit Trust',
  'Sagebrush Senior Care PPO',
];
