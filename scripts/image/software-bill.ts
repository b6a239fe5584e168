import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { runCommand } from '../../test/cluster/run-command.ts'

const npmArguments = [
  'sbom',
  '--sbom-format',
  'cyclonedx',
  '--package-lock-only',
  '--omit',
  'dev',
  '--omit',
  'optional',
]

const bill = Type.Object({
  metadata: Type.Object({ component: Type.Object({ 'bom-ref': Type.String(), name: Type.String() }) }),
})

/** Returns the bill of materials (CycloneDX) that npm makes from the lock file of the checkout. */
export async function softwareBill(checkout: string): Promise<string> {
  const npm = process.env['npm_execpath']
  const [file, ...first] = npm === undefined ? (['npm'] as const) : ([process.execPath, npm] as const)
  const made = await runCommand(file, [...first, '--prefix', checkout, ...npmArguments], { env: process.env })
  return withoutChance(made)
}

/** Takes out what differs each time (serial number, time), and names the product as package.json does, not its folder. */
function withoutChance(made: string): string {
  const parsed: unknown = JSON.parse(made)
  const { metadata } = Value.Parse(bill, parsed)
  metadata.component.name = metadata.component['bom-ref'].replace(/@[^@]*$/, '')
  const text = JSON.stringify(
    { ...(parsed as object), metadata },
    (key, value: unknown) => (key === 'serialNumber' || key === 'timestamp' ? undefined : value),
    2,
  )
  return `${text}\n`
}
