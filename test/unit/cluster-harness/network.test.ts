import { describe, expect, it } from '@jest/globals'
import { firstSlot, networkOf, slotCount } from '../../cluster/network.ts'

const slots = Array.from({ length: slotCount }, (_, slot) => networkOf('/d', slot))

describe('networkOf', () => {
  it('gives no address to two slots', () => {
    for (const key of ['hostAddress', 'nodeAddress', 'podRange', 'serviceRange'] as const) {
      expect(new Set(slots.map((network) => network[key])).size).toBe(slotCount)
    }
  })

  it('keeps pods, links and Services apart, within 198.18.0.0/15', () => {
    const secondBytes = (key: 'podRange' | 'hostAddress' | 'serviceRange') =>
      slots.map((network) => network[key].split('.').slice(0, 3).map(Number))
    expect(secondBytes('podRange').every(([a, b, c]) => a === 198 && b === 18 && (c ?? 256) < 128)).toBe(true)
    expect(secondBytes('hostAddress').every(([a, b, c]) => a === 198 && b === 18 && (c ?? 0) >= 128)).toBe(true)
    expect(secondBytes('serviceRange').every(([a, b, c]) => a === 198 && b === 19 && (c ?? 256) < 256)).toBe(true)
  })

  it('starts to look where the folder’s name says', () => {
    expect(firstSlot('/d')).toBe(firstSlot('/d'))
    expect(firstSlot('/d')).toBeLessThan(slotCount)
  })
})
