import { loadModule } from "#kernels";
import { loadRelaxedModule } from "#relaxed-kernels";
import { passesSelfTest, relaxedSimd } from "../kernels/relaxed.ts";

/** The kernels in relaxed SIMD where the runtime has it and passes their self-test, the baseline elsewhere. Both give the same bytes. */
export async function loadFastModule(): Promise<WebAssembly.Module> {
  if (relaxedSimd()) {
    const module = await loadRelaxedModule();
    if (module && passesSelfTest(module)) return module;
  }
  return loadModule();
}
