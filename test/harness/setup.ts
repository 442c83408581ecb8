import { afterAll } from 'vitest';
import { closeLeftOpen } from './testDatabase.ts';

afterAll(closeLeftOpen);
