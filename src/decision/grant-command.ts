import { say } from './sentence.ts'

interface Granted {
  readonly name: string
  readonly namespace: string
  /** Undefined while there is none: the command then shows the request, and grants nothing. */
  readonly digest: string | undefined
}

/** What an approver types to grant a request. */
export function grantCommand({ name, namespace, digest }: Granted): string {
  return say`kubectl access grant ${name} -n ${namespace}${digest === undefined ? '' : ` --digest ${digest}`}`
}
