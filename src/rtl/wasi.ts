/**
 * What wasi-libc asks of its host, as far as the simulator ever gets there: the C++ runtime under it can print and exit when it
 * gives up, and asks for a clock and an environment at start. Nothing is opened, read or written.
 */
export function wasiImports(memory: () => WebAssembly.Memory): WebAssembly.ModuleImports {
  const view = (): DataView => new DataView(memory().buffer);
  let text = "";
  return {
    args_sizes_get: (count: number, bytes: number): number => writeZeros(view(), count, bytes),
    args_get: (): number => SUCCESS,
    environ_sizes_get: (count: number, bytes: number): number => writeZeros(view(), count, bytes),
    environ_get: (): number => SUCCESS,
    clock_time_get: (_id: number, _precision: bigint, out: number): number => {
      view().setBigUint64(out, 0n, true);
      return SUCCESS;
    },
    fd_close: (): number => BAD_FILE,
    fd_seek: (): number => BAD_FILE,
    fd_read: (): number => BAD_FILE,
    fd_fdstat_get: (): number => BAD_FILE,
    fd_write: (_file: number, vectors: number, count: number, written: number): number => {
      const data = view();
      let bytes = 0;
      for (let i = 0; i < count; i++) {
        const [start, length] = [
          data.getUint32(vectors + 8 * i, true),
          data.getUint32(vectors + 8 * i + 4, true),
        ];
        text = (text + new TextDecoder().decode(new Uint8Array(data.buffer, start, length))).slice(-1000);
        bytes += length;
      }
      data.setUint32(written, bytes, true);
      return SUCCESS;
    },
    proc_exit: (code: number): never => {
      throw new Error(`the RTL gave up with code ${code}: ${text.trim()}`);
    },
  };
}

const SUCCESS = 0;
const BAD_FILE = 8;

function writeZeros(view: DataView, ...addresses: readonly number[]): number {
  for (const address of addresses) view.setUint32(address, 0, true);
  return SUCCESS;
}
