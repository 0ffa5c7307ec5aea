import { DATA_TYPE, MAX_RANK, MAX_VALUES, type OnnxTensor } from "./model.ts";
import { WIRE, type WireReader } from "./wire.ts";

/** A TensorProto; its data are passed over unless they are few. External data are never looked for. */
export function readTensor(reader: WireReader): OnnxTensor {
  const dims: number[] = [];
  const listed: number[] = [];
  let [name, type, external] = ["", 0, false];
  let raw: Uint8Array | undefined;
  const keep = (value: number): void => {
    if (listed.length < MAX_VALUES) listed.push(value);
  };
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1) readTensorDims(reader, dims);
    else if (field === 2) type = reader.unsigned();
    else if (field === 8) name = reader.text();
    else if (field === 9) raw = reader.bytes(8 * MAX_VALUES);
    else if (field === 14) external = reader.unsigned() === 1;
    else if (isLong(field, dims)) reader.skip();
    else if (field === 4) reader.numbers(WIRE.fixed32, () => reader.float(), keep);
    else if (field === 10) reader.numbers(WIRE.fixed64, () => reader.double(), keep);
    else if (field === 5 || field === 7 || field === 11)
      reader.numbers(WIRE.varint, () => reader.signed(), keep);
    else reader.skip();
  }
  const values = external ? undefined : raw ? fromRaw(raw, type) : listed;
  const count = dims.reduce((product, dim) => product * dim, 1);
  // float16 in `int32_data` are bit patterns; nothing that shapes depend on has that type.
  return values?.length === count && type !== DATA_TYPE.float16
    ? { name, dims, type, values }
    : { name, dims, type };
}

/** Adds the dims at hand of a stored tensor. */
export function readTensorDims(reader: WireReader, dims: number[]): void {
  reader.numbers(
    WIRE.varint,
    () => reader.signed(),
    (dim) => {
      if (dim < 0) reader.fail("a dim of a tensor of at least 0", String(dim));
      if (dims.push(dim) > MAX_RANK) reader.fail(`a tensor of at most ${MAX_RANK} dims`, "more");
    },
  );
}

/** Whether a data field is that of a tensor whose dims, written before it, say that it is too long to keep. */
function isLong(field: number, dims: readonly number[]): boolean {
  const data = field === 4 || field === 5 || field === 7 || field === 10 || field === 11;
  return data && dims.reduce((product, dim) => product * dim, 1) > MAX_VALUES;
}

/** Numbers from `raw_data`: little endian, fixed width. */
function fromRaw(bytes: Uint8Array, type: number): readonly number[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const read = READERS.get(type);
  if (!read || bytes.length % read.bytes !== 0) return undefined;
  return Array.from({ length: bytes.length / read.bytes }, (_, i) => read.at(view, i * read.bytes));
}

const READERS: ReadonlyMap<number, { readonly bytes: number; at(view: DataView, offset: number): number }> =
  new Map([
    [DATA_TYPE.float, { bytes: 4, at: (view: DataView, offset: number) => view.getFloat32(offset, true) }],
    [DATA_TYPE.double, { bytes: 8, at: (view: DataView, offset: number) => view.getFloat64(offset, true) }],
    [
      DATA_TYPE.int64,
      { bytes: 8, at: (view: DataView, offset: number) => Number(view.getBigInt64(offset, true)) },
    ],
    [
      DATA_TYPE.uint64,
      { bytes: 8, at: (view: DataView, offset: number) => Number(view.getBigUint64(offset, true)) },
    ],
    [DATA_TYPE.int32, { bytes: 4, at: (view: DataView, offset: number) => view.getInt32(offset, true) }],
    [DATA_TYPE.uint32, { bytes: 4, at: (view: DataView, offset: number) => view.getUint32(offset, true) }],
    [DATA_TYPE.int16, { bytes: 2, at: (view: DataView, offset: number) => view.getInt16(offset, true) }],
    [DATA_TYPE.uint16, { bytes: 2, at: (view: DataView, offset: number) => view.getUint16(offset, true) }],
    [DATA_TYPE.int8, { bytes: 1, at: (view: DataView, offset: number) => view.getInt8(offset) }],
    [DATA_TYPE.uint8, { bytes: 1, at: (view: DataView, offset: number) => view.getUint8(offset) }],
    [DATA_TYPE.bool, { bytes: 1, at: (view: DataView, offset: number) => view.getUint8(offset) }],
  ]);
