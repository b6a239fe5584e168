/** Numbers that follow one another, both ends included. */
export interface NumberRange {
  readonly from: number
  readonly to: number
}

/** The same numbers in as few ranges as there can be, in order. */
export function mergedRanges(ranges: readonly NumberRange[]): readonly NumberRange[] {
  const merged: NumberRange[] = []
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last && from <= last.to + 1) merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, to) }
    else merged.push({ from, to })
  }
  return merged
}
