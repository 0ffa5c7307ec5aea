/** A column of a text table. */
export interface TableColumn {
  readonly title: string;
  readonly align: "left" | "right";
  /** Longest cell that is shown whole. */
  readonly width?: number;
}

/** A table for a terminal: a head, a rule, a line per row. */
export function formatTable(columns: readonly TableColumn[], rows: readonly (readonly string[])[]): string {
  const cut = (text: string, width = 200): string =>
    text.length <= width ? text : `${text.slice(0, width - 3)}...`;
  const cells = [columns.map(({ title }) => title), ...rows].map((row) =>
    row.map((text, i) => cut(text, columns[i]?.width)),
  );
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, i) =>
        columns[i]?.align === "right" ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0),
      )
      .join("  ")
      .trimEnd();
  const [head = [], ...body] = cells;
  return [line(head), widths.map((width) => "-".repeat(width)).join("  "), ...body.map(line)].join("\n");
}

/** A count with thousands separators. */
export function formatCount(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** A count of things, as `1 layer` or `5 layers`. */
export function formatCounted(count: number, thing: string): string {
  return `${formatCount(count)} ${thing}${count === 1 ? "" : "s"}`;
}

/** A measure with about four significant digits. */
export function formatNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-3)) return value.toExponential(3);
  if (size >= 1000) return formatCount(value);
  return String(Number(value.toPrecision(4)));
}
