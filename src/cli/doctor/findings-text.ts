import { styleText } from 'node:util'
import { printableWhole } from '../../api/printable.ts'
import { table } from '../output/table.ts'
import type { Finding, Severity } from './finding.ts'

const formats = {
  critical: ['bold', 'red'],
  high: ['red'],
  medium: ['yellow'],
  note: ['dim'],
} as const satisfies Record<Severity, readonly Parameters<typeof styleText>[0][]>

/** Writes findings for people: one block for each rule, with its remedy, and a row for each subject. */
export function findingsText(findings: readonly Finding[], notChecked: readonly string[]): string {
  const blocks = [...Map.groupBy(findings, ({ id }) => id).values()].map(blockOf)
  const missed = notChecked.map((one) => `not checked: ${printableWhole(one)}`).join('\n')
  const nothing = findings.length === 0 ? 'Nothing was found.' : countOf(findings)
  return [...blocks, ...(missed === '' ? [] : [missed]), nothing].join('\n\n')
}

function blockOf(findings: readonly Finding[]): string {
  const [first] = findings
  if (!first) return ''
  const { id, severity, finds, remedy } = first
  const title = styleText([...formats[severity]], `${severity.toUpperCase()} ${id}`, { stream: process.stdout })
  const rows = table(
    ['subject', 'rule'],
    findings.map(({ subject, rule }) => [subject, rule]),
  )
  return `${title}: ${finds}.\n${rows.replaceAll(/^/gm, '  ')}\n  Remedy: ${remedy}`
}

function countOf(findings: readonly Finding[]): string {
  const bySeverity = Map.groupBy(findings, ({ severity }) => severity)
  return `Found: ${[...bySeverity].map(([severity, { length }]) => `${length} ${severity}`).join(', ')}.`
}
