/** Measurements that a model was made from. */
export interface ModelSource {
  /** Name of the table. */
  readonly name: string;
  /** Rows of it that were learnt from. */
  readonly rows: number;
  /** CRC-32 of the table's text, hexadecimal. */
  readonly crc32: string;
}
