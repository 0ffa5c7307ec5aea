const PREFIXES = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
] as const;

/** A number for an axis or a label: about three digits, thousands by SI prefix. */
export function formatShort(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  for (const [unit, prefix] of PREFIXES) {
    if (size >= unit * 0.9995) return `${Number((value / unit).toPrecision(3))}${prefix}`;
  }
  return size < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

/** A number to read: counts whole, with thousands separators; measures to four digits. */
export function formatValue(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-3)) return value.toExponential(3);
  if (size >= 1000) return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
  return String(Number(value.toPrecision(4)));
}

export function formatPercent(fraction: number): string {
  const percent = 100 * fraction;
  return `${percent >= 99.95 || percent === 0 ? Math.round(percent) : Number(percent.toPrecision(3))} %`;
}
