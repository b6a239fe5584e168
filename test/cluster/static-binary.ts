import { readFileSync } from 'node:fs'

// ELF64: where the table of program headers begins, how long an entry is and how many there are.
const tableOffset = 0x20
const entrySizeOffset = 0x36
const entryCountOffset = 0x38
// PT_INTERP: the program asks for a dynamic loader and its libraries, which an image of ours would lack.
const interpreterEntry = 3

/** True if an ELF program runs without any library. */
export function isStatic(path: string): boolean {
  const elf = readFileSync(path)
  if (elf.subarray(0, 4).toString('latin1') !== '\x7fELF') return false
  const table = Number(elf.readBigUInt64LE(tableOffset))
  const size = elf.readUInt16LE(entrySizeOffset)
  const count = elf.readUInt16LE(entryCountOffset)
  const types = Array.from({ length: count }, (_, index) => elf.readUInt32LE(table + index * size))
  return !types.includes(interpreterEntry)
}
