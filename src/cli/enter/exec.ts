import type { ExecAccess } from '../../api/kinds/access/exec-access.ts'
import type { ExitCode } from '../output/exit-code.ts'
import { enterPod } from './enter-pod.ts'
import type { At, Entry } from './entry.ts'
import type { ExecOptions } from './exec-verb.ts'

/** `exec`: runs a command in a pod, and asks for access first if that is needed. */
export function exec({ command, stdin, tty, ...options }: ExecOptions): Promise<ExitCode> {
  const asks = asksFor({ command, stdin, tty })
  const readsStdin = command ? (stdin ?? false) : true
  return enterPod(options, { asks, kubectl: execArgs, readsStdin, ...(!command && { told: toldShell() }) })
}

interface Session {
  readonly command?: readonly string[] | undefined
  readonly stdin?: boolean | undefined
  readonly tty?: boolean | undefined
}

/** Returns the asks that would do for `exec`, without pod and container. The first is preferred. */
export function asksFor({ command, stdin, tty }: Session): Entry['asks'] {
  if (command) return [{ command: [...command], ...(stdin && { stdin }), ...(tty && { tty }) }]
  return shellAsks()
}

/** A template lists each command as its exact argv. These are what people write there for a shell. */
const shells = ['sh', 'bash', '/bin/sh', '/bin/bash']

function shellAsks(): Entry['asks'] {
  const [first, ...others] = shells.map((shell) => interactive([shell]))
  return [first ?? {}, ...others]
}

/** Asks for a command with input. Where stdin is not a terminal, the command has none either: it only reads. */
export function interactive(command: string[]): ExecAccess {
  return { command, stdin: true, ...(process.stdin.isTTY && { tty: true }) }
}

function toldShell(): string {
  return `a shell with input${process.stdin.isTTY ? ' and a terminal' : ''}`
}

/** Returns the arguments of kubectl exec. */
export function execArgs({ pod, container }: At, { command = [], stdin, tty }: ExecAccess): readonly string[] {
  return [
    'exec',
    pod,
    ...(container === undefined ? [] : ['-c', container]),
    ...(stdin ? ['-i'] : []),
    ...(tty ? ['-t'] : []),
    '--',
    ...command,
  ]
}
