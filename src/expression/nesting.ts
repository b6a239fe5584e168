const strings = /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/gs

/** How deep the brackets of a CEL expression are nested, as its parser needs a stack for that. Those in strings do not count. */
export function nestingOf(source: string): number {
  let depth = 0
  let deepest = 0
  for (const character of source.replaceAll(strings, '')) {
    if ('([{'.includes(character)) depth += 1
    if (')]}'.includes(character)) depth -= 1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}
