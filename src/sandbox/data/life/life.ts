import { hash } from 'node:crypto';
import { createSeededRandom, type SeededRandom } from '../../../platform/random/seededRandom.ts';
import type { SandboxPerson } from '../../server/sandboxCall.ts';
import { dayMs, writeUnzoned } from './calendar.ts';

/** An invented person as her devices and doctors know her. The same seed is the same life, at every provider. */
export interface Life {
  readonly person: SandboxPerson;
  readonly sex: 'female' | 'male';
  readonly birthDay: number;
  readonly heightCm: number;
  readonly weightKg: number;
  /** Beats a minute on an average morning: 50 to 80. */
  readonly restingRate: number;
  readonly vo2Max: number;
  readonly stepsPerDay: number;
  /** Minutes after noon at which she usually goes to bed. */
  readonly bedtimeMin: number;
  readonly hasDiabetes: boolean;
  readonly zone: Zone;
}

/** A zone without daylight saving time, so that its offset is the same on every day. */
export interface Zone {
  readonly name: string;
  /** Seconds east of UTC. */
  readonly offsetS: number;
}

const zones: readonly Zone[] = [
  { name: 'America/Puerto_Rico', offsetS: -14_400 },
  { name: 'America/Jamaica', offsetS: -18_000 },
  { name: 'America/Regina', offsetS: -21_600 },
  { name: 'America/Phoenix', offsetS: -25_200 },
  { name: 'Pacific/Honolulu', offsetS: -36_000 },
];

/** First day of which devices know anything: 2025-01-01. */
export const firstDay = 20_089;

/** Who she is: drawn from her seed alone. */
export function describeLife(person: SandboxPerson): Life {
  const random = createSeededRandom(`${person.seed}/life`);
  const sex = random.chance(0.5) ? 'female' : 'male';
  const heightCm = (sex === 'female' ? 154 : 166) + random.below(20);
  return {
    person,
    sex,
    birthDay: -9_000 + random.below(18_000),
    heightCm,
    weightKg: Math.round(heightCm * heightCm * (0.0021 + random.fraction() * 0.0008) * 10) / 10,
    restingRate: 54 + random.below(20),
    vo2Max: 30 + random.below(20),
    stepsPerDay: 5_500 + random.below(5_000),
    bedtimeMin: 600 + random.below(100),
    hasDiabetes: random.chance(0.4),
    zone: zones[random.below(zones.length)] ?? { name: 'UTC', offsetS: 0 },
  };
}

/** Chance for one topic of one day. Each has its own, so that what is drawn of one never moves another. */
export function randomOf({ person }: Life, topic: string, day: number): SeededRandom {
  return createSeededRandom(`${person.seed}/${topic}/${day}`);
}

/** Local midnight with which the day begins. */
export function startOf({ zone }: Life, day: number): number {
  return day * dayMs - zone.offsetS * 1000;
}

/** The local day in which an instant lies. */
export function dayOf({ zone }: Life, instant: number): number {
  return Math.floor((instant + zone.offsetS * 1000) / dayMs);
}

/** What her clock showed, without a zone: `2026-05-04T03:02:01`. */
export function writeLocal({ zone }: Life, instant: number): string {
  return writeUnzoned(instant + zone.offsetS * 1000);
}

/** `-07:00`. */
export function writeOffset({ zone }: Life): string {
  const minutes = Math.abs(zone.offsetS) / 60;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${zone.offsetS < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** What her clock showed, with its offset from UTC. */
export function writeZoned(life: Life, instant: number): string {
  return writeLocal(life, instant) + writeOffset(life);
}

/** Names one thing of a day as a version 4 UUID. */
export function guidOf(life: Life, topic: string, { day, place = 0 }: Placed): string {
  return randomOf(life, `${topic} id ${place}`, day).uuid();
}

/** Names one thing of a day (at most 100 of a topic) as a whole number of 13 digits that grows with the days. */
export function numberOf(life: Life, topic: string, { day, place = 0 }: Placed): number {
  const owner = hash('sha256', `${life.person.seed}/${topic}`, 'buffer').readUInt32LE(0) % 9_000;
  return (1_000 + owner) * 1_000_000_000 + (day - firstDay) * 100 + place + 1;
}

interface Placed {
  readonly day: number;
  readonly place?: number;
}
