// Prices mappings of one layer on one accelerator, thousands at a time, on any runtime: what the servers beside this file answer.
//
//   { "hardware": { "peDim": 16, "scratchpadKib": 128, "accumulatorKib": 32 },
//     "layer": { "K": 64, "C": 3, "P": 112, "Q": 112, "R": 7, "S": 7, "Wstride": 2, "Hstride": 2 },
//     "mappings": ["L3[WIO] P28 R7 Q56 K8 - L2[WI] N1 K4X - L1[O] K2 S7 Q2 P2 C3X - L0[W] P2", ...] }
//
// is answered by { "version": 1, "areaMm2", "predictions": [{ "latencyCycles", "energyUj" } or { "infeasible": "why" }, ...] }.
import {
  area,
  createHardware,
  InputError,
  parseMapping,
  toLayerShape,
  violations,
} from "polaris-dse/starlight";

/** Most mappings of a request. */
export const MAX_MAPPINGS = 100_000;

/** Answers a request with an engine whose batch holds at least as many candidates as the request has mappings. */
export function predict(engine, { hardware: parameters, layer, mappings }) {
  const hardware = createHardware(parameters ?? {});
  const shape = toLayerShape(layer ?? {});
  if (!Array.isArray(mappings) || mappings.length > engine.batch.capacity) {
    throw new InputError({
      where: "mappings",
      expected: `a list of at most ${engine.batch.capacity} mappings`,
      found: Array.isArray(mappings) ? String(mappings.length) : typeof mappings,
    });
  }
  const { batch } = engine;
  const refused = mappings.map((text, index) => {
    const mapping = parse(text, index);
    const [broken] = violations(mapping, shape, hardware);
    batch.write(index, mapping);
    return broken?.message;
  });
  engine.evaluateNow(shape, hardware, mappings.length);
  const predictions = refused.map((infeasible, index) =>
    infeasible === undefined
      ? { latencyCycles: batch.latencyCycles(index), energyUj: batch.energyPj(index) * 1e-6 }
      : { infeasible },
  );
  return { version: 1, areaMm2: area(hardware).mm2, predictions };
}

function parse(text, index) {
  try {
    return parseMapping(String(text));
  } catch (error) {
    throw error instanceof InputError ? error.within(`mappings[${index}]`) : error;
  }
}

/** Answers an HTTP request; what is wrong with its body is a line of text under status 400. */
export async function respond(request, engine) {
  if (request.method !== "POST") return new Response("POST a request; see predict.js\n", { status: 405 });
  try {
    return Response.json(predict(engine, await request.json()));
  } catch (error) {
    if (error instanceof InputError || error instanceof SyntaxError || error instanceof TypeError)
      return new Response(`${error.message}\n`, { status: 400 });
    throw error;
  }
}
