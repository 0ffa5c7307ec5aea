/**
 * How a search went. A candidate is a choice of tile extents, spatial factors and DRAM order class; no mapping outside these
 * is ever better than one inside (docs/mapper.md).
 */
export interface SearchStatistics {
  /** Candidates of the windows dealt with: priced, over capacity, or proven to be no better. */
  readonly covered: number;
  /** Candidates priced. */
  readonly evaluated: number;
  /** Windows of the shapes that were begun, dealt with or not. */
  readonly windows: number;
  /** Windows of which nothing was priced, since a bound on all of it lies above the front. */
  readonly windowsCut: number;
  /** Windows no tile of which fits. */
  readonly windowsOverCapacity: number;
}

export function sumStatistics(all: readonly SearchStatistics[]): SearchStatistics {
  const sum = (key: keyof SearchStatistics): number => all.reduce((total, one) => total + one[key], 0);
  return {
    covered: sum("covered"),
    evaluated: sum("evaluated"),
    windows: sum("windows"),
    windowsCut: sum("windowsCut"),
    windowsOverCapacity: sum("windowsOverCapacity"),
  };
}
