// The API server cuts a generateName to 58 characters and appends five; it refuses one that is longer than a name.
const maxPrefixLength = 58

/** `metadata.generateName` that begins as told; dots and dashes where it was cut would make no name. */
export function generatedName(beginning: string): string {
  return `${beginning.slice(0, maxPrefixLength - 1).replace(/[-.]+$/, '')}-`
}
