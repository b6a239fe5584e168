import { expect, it } from '@jest/globals'
import fc from 'fast-check'
import { createMirror } from '../../../../src/cluster/reflector/mirror.ts'
import type { KubeObject } from '../../../../src/cluster/client/resource.ts'

const object = (name: string, uid: string, resourceVersion: string, owner = 'o'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'ns', name, uid, resourceVersion, labels: { owner } },
})

const indexes = { owner: ({ metadata }: KubeObject) => Object.values(metadata.labels ?? {}) }

function observed() {
  const reports: string[] = []
  const mirror = createMirror(indexes, (key, before, after) => {
    const label = (one: KubeObject | undefined) =>
      one && `${one.metadata.uid ?? ''}@${one.metadata.resourceVersion ?? ''}`
    reports.push(`${key}: ${label(before) ?? '-'} > ${label(after) ?? '-'}`)
  })
  return { mirror, reports }
}

it('reports what a list says is new, changed, gone, or another of the same name', () => {
  const { mirror, reports } = observed()
  mirror.replace([
    object('same', 'u1', '1'),
    object('changed', 'u2', '1'),
    object('gone', 'u3', '1'),
    object('re', 'u4', '1'),
  ])
  reports.length = 0

  mirror.replace([
    object('same', 'u1', '1'),
    object('changed', 'u2', '5', 'p'),
    object('re', 'u5', '6'),
    object('new', 'u6', '7'),
  ])

  expect(reports).toEqual([
    'ns/gone: u3@1 > -',
    'ns/changed: u2@1 > u2@5',
    'ns/re: u4@1 > -',
    'ns/re: - > u5@6',
    'ns/new: - > u6@7',
  ])
})

it('does not report a version with the same content, and shows it', () => {
  const { mirror, reports } = observed()
  mirror.replace([object('annotated', 'u1', '1'), object('listed', 'u2', '1')])
  reports.length = 0

  mirror.set(object('annotated', 'u1', '2'))
  mirror.replace([object('annotated', 'u1', '3'), object('listed', 'u2', '4')])

  expect(reports).toEqual([])
  expect(mirror.get('ns/listed')?.metadata.resourceVersion).toBe('4')
  mirror.set(object('annotated', 'u1', '5', 'another'))
  expect(reports).toEqual(['ns/annotated: u1@3 > u1@5'])
})

it('shows all of the new state when it reports a part of it', () => {
  let names: string[] = []
  const mirror = createMirror({}, () => {
    names = mirror.all().map(({ metadata }) => metadata.name)
    expect(names).toEqual(['a', 'b'])
  })

  mirror.replace([object('a', 'u1', '1'), object('b', 'u2', '1')])

  expect(names).toEqual(['a', 'b'])
})

it('refuses an index that there is not', () => {
  expect(() => observed().mirror.by('onwer', 'o')).toThrow('onwer')
})

const state = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.record({
    uid: fc.constantFrom('u', 'v'),
    version: fc.constantFrom('1', '2'),
    owner: fc.constantFrom('x', 'y', 'z'),
  }),
)

it('agrees with a filter over all objects, and its reports replayed agree with what it keeps', () => {
  const steps = fc.array(fc.record({ state, whole: fc.boolean() }), { maxLength: 20 })

  fc.assert(
    fc.property(steps, (all) => {
      const replayed = new Map<string, KubeObject>()
      const mirror = createMirror(indexes, (key, before, after) => {
        expect(contentOf(replayed.get(key))).toBe(contentOf(before))
        if (after) replayed.set(key, after)
        else replayed.delete(key)
      })
      for (const { state, whole } of all) {
        // In a cluster, one uid and version means one content.
        const objects = Object.entries(state).map(([name, { uid, version, owner }]) =>
          object(name, uid, `${version}${owner}`, owner),
        )
        if (whole) mirror.replace(objects)
        else for (const one of objects) mirror[one.metadata.uid === 'u' ? 'set' : 'delete'](one)
        const now = mirror.all()
        for (const owner of ['x', 'y', 'z']) {
          const expected = now.filter(({ metadata }) => metadata.labels?.['owner'] === owner)
          expect(new Set(mirror.by('owner', owner))).toEqual(new Set(expected))
        }
        expect([...replayed.values()].map(contentOf).toSorted()).toEqual(now.map(contentOf).toSorted())
      }
    }),
  )
})

/** Returns the content without the version: a change of only the version is not reported. */
function contentOf(object: KubeObject | undefined): string | undefined {
  return object && `${object.metadata.name} ${object.metadata.uid ?? ''} ${object.metadata.labels?.['owner'] ?? ''}`
}
