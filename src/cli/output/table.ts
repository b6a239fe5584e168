import { printableWhole } from '../../api/printable.ts'

/** The cells of one line. An undefined cell is shown as `-`. */
export type Row = readonly (string | undefined)[]

/** Writes a table as kubectl get does: titles in capitals, columns three spaces apart. Cells become printable. */
export function table(titles: readonly string[], rows: readonly Row[]): string {
  const lines = [titles.map((title) => title.toUpperCase()), ...rows.map((row) => row.map(cellText))]
  const widths = titles.map((_title, column) => Math.max(...lines.map((line) => widthOf(line[column] ?? ''))))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell)))
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}

function cellText(cell: string | undefined): string {
  return cell === undefined || cell === '' ? '-' : printableWhole(cell)
}

function widthOf(text: string): number {
  return Array.from(text).length
}
