import { DomainError } from '../platform/errors/domainError.ts';
import { tooManyExports } from './errors.ts';

/** Where exports of all kinds pass before they begin, so that only so many run at once. */
export interface ExportGate {
  /**
   * Takes a place and gives the way to give it back, which may be called more than once.
   *
   * @throws {DomainError} `too-many-exports` when all places are taken
   */
  enter(): () => void;
}

/** A gate with `atOnce` places. One is for one process: its exports are counted together, whatever their kind. */
export function createExportGate(atOnce: number): ExportGate {
  const inside = new Set<symbol>();
  return {
    enter() {
      if (inside.size >= atOnce)
        throw new DomainError(tooManyExports, 'As many exports are running as may run at once.', {
          'retry-after': '30',
        });
      const place = Symbol();
      inside.add(place);
      return () => void inside.delete(place);
    },
  };
}
