import type { Findings, Row, Verdict } from './figure.ts'

const columns = ['n', 'min', 'median', 'mean', 'p99', 'max'] as const

/** Returns a table of the measurements, then each ratio or duration with its goal. */
export function report(name: string, { rows, verdicts, notes = [] }: Findings): string {
  const width = Math.max(...rows.map(({ what }) => what.length), 4)
  const head = ['', ...columns].map((title, index) => (index === 0 ? title.padEnd(width) : title.padStart(9))).join('')
  const lines = [`== ${name}`, head, ...rows.map((row) => rowLine(row, width)), ...verdicts.map(verdictLine)]
  return [...lines, ...notes.map((note) => `   ${note}`)].join('\n')
}

function rowLine({ what, unit, summary }: Row, width: number): string {
  const known: Readonly<Record<string, number>> = { ...summary }
  const cells = columns.map((column) => {
    const value = known[column]
    return (value === undefined ? '-' : column === 'n' ? String(value) : short(value)).padStart(9)
  })
  return `${what.padEnd(width)}${cells.join('')} ${unit}`
}

function verdictLine({ what, value, unit, goal }: Verdict): string {
  const aim = goal === undefined ? '' : `, goal at most ${goal} ${unit}: ${value <= goal ? 'met' : 'MISSED'}`
  return `-> ${what}: ${short(value)} ${unit}${aim}`
}

function short(value: number): string {
  return value.toFixed(value >= 1_000 ? 0 : value >= 100 ? 1 : 2)
}
