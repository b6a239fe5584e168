import { randomBytes } from 'node:crypto'
import type { ExitCode } from '../output/exit-code.ts'
import { warn } from '../output/output.ts'
import type { DebugOptions } from './debug-verb.ts'
import { enterPod } from './enter-pod.ts'
import type { At } from './entry.ts'

/** `debug`: adds a debug container to a pod, and asks for access first if that is needed. */
export function debug({ image, profile, command, stdin, tty, ...options }: DebugOptions): Promise<ExitCode> {
  // Without a command, kubectl debug would only add the container.
  const isAttached = !command || stdin === true
  const isTerminal = command ? tty === true : process.stdin.isTTY
  // kubectl would make up another name at each try, and tell both.
  const name = `debugger-${randomBytes(4).toString('hex')}`
  warn(`The debug container gets the name ${name}.`)
  return enterPod(options, {
    asks: [{ debug: true }],
    image,
    kubectl: (at) => [
      'debug',
      at.pod,
      `--image=${image}`,
      `--container=${name}`,
      ...(options.container === undefined ? [] : [`--target=${options.container}`]),
      ...profileFor(at, profile).map((name) => `--profile=${name}`),
      ...(isAttached ? ['-i'] : []),
      ...(isTerminal ? ['-t'] : []),
      ...(command ? ['--', ...command] : []),
    ],
    readsStdin: isAttached,
  })
}

/** kubectl's default profile adds SYS_PTRACE, which not each template allows. */
function profileFor({ capabilities }: At, profile: string | undefined): readonly string[] {
  if (profile !== undefined) return [profile]
  if (!capabilities) return []
  return [capabilities.includes('SYS_PTRACE') ? 'general' : 'baseline']
}
