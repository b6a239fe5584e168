import { parseAllDocuments, stringify } from 'yaml'

// Load this module, and not the package, by `import()`: there the bundle has only the default export of a CommonJS
// package.

/** Writes a value as YAML, without the end of the last line. */
export function yamlText(value: object): string {
  return stringify(value).trimEnd()
}

/** The documents of a YAML file, or the first problem of a file that is not YAML. */
type ReadYaml = { readonly values: readonly unknown[] } | { readonly problem: string }

/** Reads all documents of a YAML or JSON file. */
export function readYaml(content: string): ReadYaml {
  const documents = [...parseAllDocuments(content)]
  const [problem] = documents.flatMap(({ errors }) => errors)
  return problem ? { problem: problem.message } : { values: documents.map((one) => one.toJS() as unknown) }
}
