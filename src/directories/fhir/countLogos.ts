import type { ResourceGraph } from './resourceGraph.ts';

/** Adds the logos of a graph's organisations to a count. */
export function countLogos(graph: ResourceGraph, count: { embedded: number; linked: number }): void {
  for (const { logos } of graph.organisations) {
    count.embedded += logos.embedded;
    count.linked += logos.linked;
  }
}
