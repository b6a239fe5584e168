import { Document, parseAllDocuments, visit } from 'yaml'
import { unseenIn } from '../../api/printable.ts'

// Load this module, and not the package, by `import()`: there the bundle has only the default export of a CommonJS
// package.

/**
 * Writes a value as YAML, without the end of the last line. A character that a terminal would obey, or not show, stands
 * as an escape. Only a scalar in double quotes can have one.
 */
export function yamlText(value: object): string {
  const document = new Document(value)
  let lineWidth = 80
  visit(document, {
    Scalar(_key, scalar) {
      if (typeof scalar.value !== 'string' || escapedIn(scalar.value) === scalar.value) return
      scalar.type = 'QUOTE_DOUBLE'
      // A line that is folded could part the halves of a character.
      lineWidth = 0
    },
  })
  return escapedIn(document.toString({ lineWidth })).trimEnd()
}

/** Line breaks and tabs stay, as the lines of a file have them. */
function escapedIn(text: string): string {
  return text.replace(unseenIn, (character) => {
    if (character === '\n' || character === '\t') return character
    const code = (character.codePointAt(0) ?? 0).toString(16)
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`
  })
}

/** The documents of a YAML file, or the first problem of a file that is not YAML. */
type ReadYaml = { readonly values: readonly unknown[] } | { readonly problem: string }

/** Reads all documents of a YAML or JSON file. */
export function readYaml(content: string): ReadYaml {
  const documents = [...parseAllDocuments(content)]
  const [problem] = documents.flatMap(({ errors }) => errors)
  return problem ? { problem: problem.message } : { values: documents.map((one) => one.toJS() as unknown) }
}
