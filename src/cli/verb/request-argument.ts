import { Option, type Command } from 'commander'
import type { ClusterChoice } from '../connection/flags.ts'
import { requestName } from './usage-values.ts'

/** The options of a verb that is about one request. */
export interface OneRequest extends ClusterChoice {
  /** The name of the AccessRequest. */
  readonly request: string
}

/** Adds a verb that is about one request. */
export function aboutRequest(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .usage('REQUEST [options]')
    .argument('<request>', 'the name of the request', requestName)
}

/** The option -A of a verb that is about many requests. */
export interface Everywhere {
  readonly allNamespaces?: boolean
}

export function allNamespacesOption(): Option {
  return new Option('-A, --all-namespaces', 'look at all namespaces')
}
