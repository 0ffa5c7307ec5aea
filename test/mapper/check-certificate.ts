// Checks a certificate as docs/mapper.md says, by enumerating every mapping of every shape in it. Nothing of the mapper is used but the
// type; the engine prices.
import type { LocalEngine } from "../../src/fidelity/engine.ts";
import { createHardware } from "../../src/hardware/hardware.ts";
import type { Certificate, SearchCertificate } from "../../src/mapper/certificate.ts";
import type { RawMapping } from "../../src/space/raw-mapping.ts";
import { DIMS } from "../../src/workload/layer.ts";
import { forEachMapping } from "../reference/map-space.ts";

type Pair = readonly [latencyCycles: number, energyPj: number];

/** @returns what is wrong */
export function checkCertificate(engine: LocalEngine, certificate: Certificate): readonly string[] {
  const wrong = certificate.searches.flatMap((search, place) =>
    checkSearch(engine, certificate, search, `search ${place}`),
  );
  return [...new Set([...wrong, ...checkChoice(certificate)])];
}

function checkSearch(
  engine: LocalEngine,
  { hardware, caps, tiles }: Certificate,
  { front, variants }: SearchCertificate,
  where: string,
): readonly string[] {
  const wrong: string[] = [];
  const accelerator = createHardware(hardware);
  const reached = new Set<string>();
  for (const { shape, windows, rest } of variants) {
    const byTile = new Map(windows.map((window) => [JSON.stringify(window.tile), window]));
    if (byTile.size !== windows.length) wrong.push(`${where}: a window twice`);
    const held: { readonly tile: string; readonly given: boolean }[] = [];
    const describe = (mapping: RawMapping): (typeof held)[number] => {
      const tile = (dim: (typeof DIMS)[number]): number => shape[dim] / mapping.factor(0, DIMS.indexOf(dim));
      const window = Object.fromEntries((["R", "S", "P", "Q", "N"] as const).map((dim) => [dim, tile(dim)]));
      return {
        tile: JSON.stringify(window),
        given: DIMS.every((dim) => tiles?.[dim] === undefined || tiles[dim] === tile(dim)),
      };
    };
    const flush = (): void => {
      engine.evaluateNow(shape, accelerator, held.length);
      for (const [i, { tile, given }] of held.entries()) {
        if (!given) continue;
        const window = byTile.get(tile) ?? (rest && { ...rest, status: "open" as const });
        if (!window) {
          wrong.push(`${where}: window ${tile} is missing`);
          continue;
        }
        if (!engine.batch.feasible(i)) continue;
        const pair: Pair = [engine.batch.latencyCycles(i), engine.batch.energyPj(i)];
        reached.add(pair.join(" "));
        if (window.status === "over-capacity") wrong.push(`${where}: a mapping of ${tile} fits`);
        if (window.status !== "open" && below(front, pair, caps !== undefined))
          wrong.push(`${where}: a mapping of ${tile} (${window.status}) lies below the front`);
        if (pair[0] < (window.latencyAtLeast ?? Infinity) || pair[1] < (window.energyPjAtLeast ?? Infinity))
          wrong.push(`${where}: ${tile} goes below its bound`);
      }
      held.length = 0;
    };
    forEachMapping(shape, accelerator, (mapping) => {
      engine.batch.writeRaw(held.length, mapping);
      held.push(describe(mapping));
      if (held.length === engine.batch.capacity) flush();
    });
    flush();
  }
  for (const { latencyCycles, energyPj } of front) {
    if (!reached.has(`${latencyCycles} ${energyPj}`))
      wrong.push(`${where}: nothing costs what the front says`);
  }
  return wrong;
}

/** Whether a pair lies below a Pareto set, or below a convex hull. */
function below(front: SearchCertificate["front"], [latency, energy]: Pair, isPareto: boolean): boolean {
  if (front.some((point) => point.latencyCycles <= latency && point.energyPj <= energy)) return false;
  const right = front.findIndex((point) => point.latencyCycles > latency);
  const [a, b] = [front[right - 1], front[right]];
  if (!a || !b || isPareto) return true;
  const share = (latency - a.latencyCycles) / (b.latencyCycles - a.latencyCycles);
  return energy < (a.energyPj + share * (b.energyPj - a.energyPj)) * (1 - 1e-12);
}

/** The totals are those of the picks, keep the caps, and no sum of what is found or open costs less than the gap admits. */
function checkChoice(certificate: Certificate): readonly string[] {
  const { powers, caps, totals, gap, tolerance, optimal, layers, searches } = certificate;
  const wrong: string[] = [];
  const cost = ([latency, energy]: Pair): number => latency ** powers.latency * energy ** powers.energy;
  const close = (a: number, b: number): boolean => Math.abs(a / b - 1) <= tolerance;
  const picked = layers.map(({ search, pick, count }) => {
    const point = searches[search]?.front[pick];
    return [count * (point?.latencyCycles ?? Number.NaN), count * (point?.energyPj ?? Number.NaN)] as const;
  });
  const sum = picked.reduce<Pair>(([l, e], [latency, energy]) => [l + latency, e + energy], [0, 0]);
  if (!close(sum[0], totals.latencyCycles) || !close(sum[1] * 1e-6, totals.energyUj))
    wrong.push(`totals: ${totals.latencyCycles}, ${totals.energyUj} for ${sum}`);
  const keeps = ([latency, energy]: Pair): boolean =>
    latency <= (caps?.latencyCycles ?? Infinity) && energy <= (caps?.energyPj ?? Infinity);
  if (!keeps(sum)) wrong.push("totals: a cap is exceeded");
  // Whatever mapping a layer may have, one of these is at least as good in both.
  const possible = searches.map(({ front, variants }) => {
    const bounds = variants.flatMap(({ windows, rest }) => [
      ...windows.filter(({ status }) => status === "open"),
      ...(rest ? [rest] : []),
    ]);
    return [
      ...front.map(({ latencyCycles, energyPj }): Pair => [latencyCycles, energyPj]),
      ...bounds.map((bound): Pair => [bound.latencyAtLeast ?? Infinity, bound.energyPjAtLeast ?? Infinity]),
    ];
  });
  let sums: readonly Pair[] = [[0, 0]];
  for (const { search, count } of layers) {
    const all = sums.flatMap(([l, e]) =>
      (possible[search] ?? []).map(([latency, energy]): Pair => [l + count * latency, e + count * energy]),
    );
    sums = all.filter(
      (a, i) => !all.some((b, j) => b[0] <= a[0] && b[1] <= a[1] && (b[0] < a[0] || b[1] < a[1] || j < i)),
    );
  }
  const least = Math.min(...sums.filter(keeps).map(cost));
  if (cost(sum) > least * (1 + gap) * (1 + tolerance))
    wrong.push(`network: ${cost(sum)} for ${least}, gap ${gap}`);
  if (optimal && gap !== 0) wrong.push("optimal with a gap");
  return wrong;
}
