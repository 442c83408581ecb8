import { expect, it } from 'vitest';
import { DomainError } from '../platform/errors/domainError.ts';
import { createExportGate } from './exportGate.ts';

it('lets in as many as it has places, and says when to come again', () => {
  const gate = createExportGate(2);
  gate.enter();
  const leave = gate.enter();
  expect(() => gate.enter()).toThrow(DomainError);
  leave();
  gate.enter();
  try {
    gate.enter();
    expect.unreachable();
  } catch (error) {
    expect(error).toMatchObject({ problem: { code: 'too-many-exports' }, headers: { 'retry-after': '30' } });
  }
});

it('gets a place back once, however often it is given back', () => {
  const gate = createExportGate(2);
  gate.enter();
  const leave = gate.enter();
  leave();
  leave();
  gate.enter();
  expect(() => gate.enter()).toThrow(DomainError);
});

it('with no place lets nobody in', () => {
  expect(() => createExportGate(0).enter()).toThrow(DomainError);
});
