import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'

/** The signal on which Node writes a diagnostic report. */
export const reportSignal = 'SIGUSR2'
/** The longest time that Node may take for the report. */
export const reportMs = 10_000

export function reportFlags(file: string): readonly string[] {
  return [
    '--report-on-signal',
    `--report-signal=${reportSignal}`,
    `--report-directory=${dirname(file)}`,
    `--report-filename=${basename(file)}`,
  ]
}

interface Handle {
  readonly type: string
  readonly is_active?: boolean
  readonly is_referenced?: boolean
}

/**
 * Returns the handles that keep a process from ending, read from its diagnostic report. It returns undefined if the
 * process wrote none, because its event loop had ended.
 */
export function openHandles(file: string): string | undefined {
  if (!existsSync(file)) return undefined
  const { libuv } = JSON.parse(readFileSync(file, 'utf8')) as { readonly libuv: readonly Handle[] }
  const keeping = libuv.filter((one) => one.is_active && one.is_referenced)
  return keeping.map((one) => JSON.stringify(one)).join(' ')
}
