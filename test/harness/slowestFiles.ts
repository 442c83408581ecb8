import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

const shown = 10;

/** Says after a whole run which files took longest, so that a suite that grows slow is seen while it does. */
export default class SlowestFiles implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    // Who runs a part of the suite knows what it waits for.
    if (modules.length <= 5 * shown) return;
    const times = modules
      .map((module) => ({ name: relative(process.cwd(), module.moduleId), ms: timeOf(module) }))
      .sort((one, other) => other.ms - one.ms);
    const total = times.reduce((sum, { ms }) => sum + ms, 0);
    console.log(
      `The slowest ${shown} of ${times.length} files, which took ${seconds(total)} s one after another:`,
    );
    for (const { name, ms } of times.slice(0, shown)) console.log(`${seconds(ms).padStart(8)} s  ${name}`);
  }
}

/** All that its worker was busy with: what the file imports is part of what it costs. */
function timeOf(module: TestModule): number {
  const { prepareDuration, environmentSetupDuration, setupDuration, collectDuration, duration } =
    module.diagnostic();
  return prepareDuration + environmentSetupDuration + setupDuration + collectDuration + duration;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
