import type { ExecAccess } from '../../api/kinds/exec-access.ts'
import type { ExitCode } from '../output/exit-code.ts'
import { enterPod } from './enter-pod.ts'
import type { At, Entry } from './entry.ts'
import type { ExecOptions } from './exec-verb.ts'

/** `exec`: runs a command in a pod, and asks for access first if that is needed. */
export function exec({ command, stdin, tty, ...options }: ExecOptions): Promise<ExitCode> {
  const session = { ...(stdin && { stdin }), ...(tty && { tty }) }
  if (!command) return enterPod(options, shellEntry())
  return enterPod(options, {
    asks: [{ command: [...command], ...session }],
    kubectl: execArgs,
    readsStdin: stdin ?? false,
  })
}

/** A template lists each command as its exact argv. These are what people write there for a shell. */
const shells = ['sh', 'bash', '/bin/sh', '/bin/bash']

/** Asks for a shell. Where stdin is not a terminal, the shell has none either: it reads its commands. */
function shellEntry(): Entry {
  const tty = process.stdin.isTTY
  const [first, ...others] = shells.map((shell): ExecAccess => ({ command: [shell], stdin: true, ...(tty && { tty }) }))
  return {
    asks: [first ?? {}, ...others],
    kubectl: execArgs,
    readsStdin: true,
    told: `a shell with input${tty ? ' and a terminal' : ''}`,
  }
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
