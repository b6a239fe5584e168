import { expect, test } from '@jest/globals'
import { softwareBill } from '../../../../scripts/image/software-bill.ts'

interface Bill {
  readonly metadata: { readonly component: { readonly name: string; readonly version: string } }
  readonly components: readonly { readonly name: string }[]
}

test('the bill of materials names what is bundled, and differs at no time and in no folder', async () => {
  const [bill, again] = await Promise.all([softwareBill(process.cwd()), softwareBill(process.cwd())])

  expect(bill).toBe(again)
  const { metadata, components } = JSON.parse(bill) as Bill
  // npm takes the name from the folder of the checkout.
  expect(metadata.component.name).toBe('sallyport')
  const names = components.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['fastify', '@bufbuild/cel']))
  // Tools need these, too.
  expect(names).toEqual(expect.arrayContaining(['undici', 'yaml', 'semver']))
  expect(names).not.toContain('jest')
})
