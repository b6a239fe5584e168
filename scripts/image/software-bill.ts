import { Type, type Static } from 'typebox'
import { Value } from 'typebox/value'
import { runCommand } from '../../test/cluster/run-command.ts'

// npm's own `--omit dev` also leaves out what the product shares with a tool, such as undici.
const npmArguments = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--omit', 'optional']

const Component = Type.Object({
  'bom-ref': Type.String(),
  properties: Type.Optional(Type.Array(Type.Object({ name: Type.String(), value: Type.String() }))),
})
const Bill = Type.Object({
  metadata: Type.Object({ component: Type.Object({ 'bom-ref': Type.String(), name: Type.String() }) }),
  components: Type.Array(Component),
  dependencies: Type.Array(Type.Object({ ref: Type.String(), dependsOn: Type.Array(Type.String()) })),
})

/** Returns the bill of materials (CycloneDX) that npm makes from the lock file of the checkout. */
export async function softwareBill(checkout: string): Promise<string> {
  const npm = process.env['npm_execpath']
  const [file, ...first] = npm === undefined ? (['npm'] as const) : ([process.execPath, npm] as const)
  const made = await runCommand(file, [...first, '--prefix', checkout, ...npmArguments], { env: process.env })
  return withoutChance(made)
}

/** Takes out the tools, and what differs each time. Names the product as package.json does, not its folder. */
function withoutChance(made: string): string {
  const parsed: unknown = JSON.parse(made)
  const { metadata, components, dependencies } = Value.Parse(Bill, parsed)
  metadata.component.name = metadata.component['bom-ref'].replace(/@[^@]*$/, '')
  const tools = new Set(components.filter(isTool).map((component) => component['bom-ref']))
  const bill = {
    ...(parsed as object),
    metadata,
    components: components.filter((component) => !tools.has(component['bom-ref'])),
    dependencies: dependencies
      .filter(({ ref }) => !tools.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => !tools.has(one)) })),
  }
  const text = JSON.stringify(
    bill,
    (key, value: unknown) => (key === 'serialNumber' || key === 'timestamp' ? undefined : value),
    2,
  )
  return `${text}\n`
}

function isTool({ properties = [] }: Static<typeof Component>): boolean {
  return properties.some(({ name, value }) => name === 'cdx:npm:package:development' && value === 'true')
}
