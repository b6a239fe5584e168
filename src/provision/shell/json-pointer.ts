/** The steps from the root to a place in a JSON document. */
export type Steps = readonly string[]

/** Reads an RFC 6901 pointer; undefined where it is none: `a`, `/a~2`. */
export function parsePointer(pointer: string): Steps | undefined {
  if (pointer === '') return []
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return undefined
  const steps = pointer.slice(1).split('/')
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** Whether `inner` lies at `outer` or below it. */
export function isWithin(inner: Steps, outer: Steps): boolean {
  return outer.every((step, index) => inner[index] === step)
}
