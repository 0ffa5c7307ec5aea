/** A module of one function without parameters whose body is `code`, which leaves a v128. */
function moduleOf(code: readonly number[]): Uint8Array<ArrayBuffer> {
  const body = [0x00, ...code, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b],
    ...[0x03, 0x02, 0x01, 0x00],
    ...[0x0a, body.length + 2, 0x01, body.length, ...body],
  ]);
}

const V128_ZERO = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];

/** Forms of WebAssembly that this runtime takes; each is asked by a module of a few bytes that uses it. */
const WASM_FORMS = {
  /** Fixed-width SIMD: `v128.const`. */
  simd: moduleOf(V128_ZERO),
  /** Relaxed SIMD: `i8x16.relaxed_swizzle`. */
  relaxedSimd: moduleOf([...V128_ZERO, ...V128_ZERO, 0xfd, 0x80, 0x02]),
} as const;

export function takesForm(form: keyof typeof WASM_FORMS): boolean {
  return WebAssembly.validate(WASM_FORMS[form]);
}
