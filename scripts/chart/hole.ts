// A hole is a place in an object that Helm fills in. It stands in the object as a string, and holds the lines of the
// template. Once the object is text, `filled` puts the lines there.

const mark = 'helm-hole-'
/** A line of the template that prints nothing. */
const control = /^\{\{- (?:if|else|with|range|end)\b/
const holeIn = new RegExp(`^(?<indent> *)(?:(?<key>[^ :]+): |- )?${mark}(?<code>[0-9a-f]+)(?:: "?true"?)?$`)

/**
 * Returns a hole with these lines. `KEY` in a line is the name of the field that the hole stands for. `nindent +N`
 * indents by N more than the place of the hole.
 */
export function hole(...lines: readonly string[]): string {
  return mark + Buffer.from(lines.join('\n')).toString('hex')
}

/** Returns a hole for a field with a plain value. `expression` is a template's, such as `.Values.replicas`. */
export function value(expression: string): string {
  return hole(`KEY: {{ ${expression} }}`)
}

/** Returns a hole for a field whose value is a map or a list. The field is absent if that is empty. */
export function structure(expression: string): string {
  return field('KEY', expression)
}

/** Returns a hole that adds the field of this name, in the same way, where the object has none. */
export function field(name: string, expression: string): string {
  return hole(`{{- with ${expression} }}`, `${name}:`, '  {{- toYaml . | nindent +2 }}', '{{- end }}')
}

/** Returns a hole for more items of a list, or more fields of a map. */
export function more(expression: string): string {
  return hole(`{{- with ${expression} }}`, '{{- toYaml . | nindent +0 }}', '{{- end }}')
}

/** The step of a path that appends to a list, or adds fields to a map. */
export const end = '+'

/**
 * Returns a copy of the value with a hole at the path.
 * @throws Error if the path leads nowhere: the object has changed, and the table of holes must change with it
 */
export function withHole(holder: unknown, [step, ...rest]: readonly string[], put: string): unknown {
  if (step === undefined) return put
  if (Array.isArray(holder)) {
    const items: readonly unknown[] = holder
    if (step === end) return [...items, put]
    if (!(step in items)) throw new Error(`no item ${step} to make a hole in`)
    return items.map((item, index) => (String(index) === step ? withHole(item, rest, put) : item))
  }
  if (typeof holder !== 'object' || holder === null) throw new Error(`no field ${step} to make a hole in`)
  if (step === end) return { ...holder, [put]: true }
  const fields = new Map<string, unknown>(Object.entries(holder))
  if (!fields.has(step)) throw new Error(`no field ${step} to make a hole in`)
  return Object.fromEntries(fields.set(step, withHole(fields.get(step), rest, put)))
}

/** Returns a text of YAML as a template: its own braces stay as they are, and its holes are filled. */
export function filled(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}').split('\n').flatMap(filledLine).join('\n')
}

function filledLine(line: string): readonly string[] {
  if (!line.includes(mark)) return [line]
  const { indent = '', key = '', code = '' } = holeIn.exec(line)?.groups ?? {}
  if (code === '') throw new Error(`no hole can be in this line: ${line}`)
  return Buffer.from(code, 'hex')
    .toString()
    .replaceAll('KEY', key)
    .replace(/nindent \+(\d+)/g, (_, by: string) => `nindent ${indent.length + Number(by)}`)
    .split('\n')
    .map((one) => (control.test(one) ? one : indent + one))
}
