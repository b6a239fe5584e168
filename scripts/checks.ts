import { spawn } from 'node:child_process'

interface Check {
  readonly title: string
  readonly command: readonly string[]
  /** True if the output is shown even when the check passes. */
  readonly isShown?: boolean
}

/** The checks that keep the tree consistent, beside its tests. Each is one command. */
export const checks: readonly Check[] = [
  { title: 'types', command: ['tsc', '--noEmit'] },
  { title: 'style rules', command: ['eslint', '.'] },
  { title: 'format', command: ['prettier', '--check', '.', '--log-level', 'warn'] },
  {
    title: 'rooms',
    command: ['depcruise', 'src', 'webhooks', 'certs', 'scripts', 'test', 'examples', '--output-type', 'err-long'],
  },
  { title: 'sizes', command: ['node', 'scripts/sizes.ts'], isShown: true },
  { title: 'plain English', command: ['node', 'scripts/english.ts'], isShown: true },
  { title: 'nothing unused', command: ['knip'] },
  { title: 'generated files', command: ['node', 'scripts/generate.ts', '--check'] },
]

/** Runs a check. Its output matters when the check failed, or where the check says so. */
export function runCheck(command: readonly string[]): Promise<{ ok: boolean; output: string }> {
  const [file = '', ...args] = command
  return new Promise((resolve) => {
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.on('error', (error) => {
      resolve({ ok: false, output: error.message })
    })
    child.on('close', (code) => {
      resolve({ ok: code === 0, output })
    })
  })
}
