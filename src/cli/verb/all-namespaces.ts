import { Option } from 'commander'

/** The option -A of the verbs that look at many requests. */
export function allNamespacesOption(): Option {
  return new Option('-A, --all-namespaces', 'look at all namespaces')
}

/** The option, as a verb reads it. */
export interface Everywhere {
  readonly allNamespaces?: boolean
}
