import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { JsonPatchOperation } from '../../../../../src/api/kinds/json-patch.ts'
import { applyPatch, operationProblem, parsePointer } from '../../../../../src/provision/shell/template/json-patch.ts'

type Patch = readonly JsonPatchOperation[]

describe('RFC 6902, appendix A:', () => {
  test.each<[string, unknown, Patch, unknown]>([
    [
      'A.1 adding an object member',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz', value: 'qux' }],
      { baz: 'qux', foo: 'bar' },
    ],
    [
      'A.2 adding an array element',
      { foo: ['bar', 'baz'] },
      [{ op: 'add', path: '/foo/1', value: 'qux' }],
      { foo: ['bar', 'qux', 'baz'] },
    ],
    ['A.3 removing an object member', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    [
      'A.4 removing an array element',
      { foo: ['bar', 'qux', 'baz'] },
      [{ op: 'remove', path: '/foo/1' }],
      { foo: ['bar', 'baz'] },
    ],
    [
      'A.5 replacing a value',
      { baz: 'qux', foo: 'bar' },
      [{ op: 'replace', path: '/baz', value: 'boo' }],
      { baz: 'boo', foo: 'bar' },
    ],
    [
      'A.6 moving a value',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      'A.7 moving an array element',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      'A.8 testing a value: success',
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    [
      'A.10 adding a nested member object',
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    ['A.14 ~ escape ordering', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [
      'A.16 adding an array value',
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
    ['copying', { a: [1], b: {} }, [{ op: 'copy', from: '/a', path: '/b/c' }], { a: [1], b: { c: [1] } }],
    ['the root', { a: 1 }, [{ op: 'replace', path: '', value: [] }], []],
    ['the root by what it holds', { a: { b: 1 } }, [{ op: 'move', from: '/a', path: '' }], { b: 1 }],
    [
      'null',
      { a: null },
      [
        { op: 'test', path: '/a', value: null },
        { op: 'add', path: '/b', value: null },
      ],
      { a: null, b: null },
    ],
    ['an empty key', { '': { '': 1 } }, [{ op: 'replace', path: '//', value: 2 }], { '': { '': 2 } }],
    [
      'objects whose fields are in another order are equal',
      { a: { x: 1, y: [2] } },
      [{ op: 'test', path: '/a', value: { y: [2], x: 1 } }],
      { a: { x: 1, y: [2] } },
    ],
    ['a value moved to where it is', { a: { b: 1 } }, [{ op: 'move', from: '/a', path: '/a' }], { a: { b: 1 } }],
  ])('%s', (_, document, patch, expected) => {
    expect(applyPatch(document, patch)).toStrictEqual({ ok: true, value: expected })
  })
})

describe('refused, with the operation and why:', () => {
  const done = { op: 'add', path: '/z', value: 1 } as const
  test.each<[string, unknown, JsonPatchOperation, string]>([
    [
      'A.9 a failed test',
      { baz: 'qux' },
      { op: 'test', path: '/baz', value: 'bar' },
      '/baz is not the value that the test expects',
    ],
    ['A.12 no such parent', { foo: 'bar' }, { op: 'add', path: '/baz/bat', value: 'qux' }, '/baz does not exist'],
    [
      'A.15 a number is no string',
      { '~1': 10 },
      { op: 'test', path: '/~01', value: '10' },
      '/~01 is not the value that the test expects',
    ],
    ['beyond the end', { a: [1] }, { op: 'add', path: '/a/2', value: 9 }, '/a/2 does not exist'],
    ['a negative index', { a: [1] }, { op: 'add', path: '/a/-1', value: 9 }, '/a/-1 does not exist'],
    ['a leading zero', { a: [1, 2] }, { op: 'replace', path: '/a/01', value: 9 }, '/a/01 does not exist'],
    ['an exponent', { a: [1, 2] }, { op: 'add', path: '/a/1e0', value: 9 }, '/a/1e0 does not exist'],
    ['the length of a list', { a: [1, 2] }, { op: 'replace', path: '/a/length', value: 0 }, '/a/length does not exist'],
    ['what comes after the last', { a: [1, 2] }, { op: 'remove', path: '/a/-' }, '/a/- does not exist'],
    ['replacing what is not there', { a: 1 }, { op: 'replace', path: '/b', value: 1 }, '/b does not exist'],
    ['removing what is not there', { a: 1 }, { op: 'remove', path: '/b' }, '/b does not exist'],
    ['copying what is not there', { a: 1 }, { op: 'copy', from: '/b', path: '/c' }, '/b does not exist'],
    ['removing everything', { a: 1 }, { op: 'remove', path: '' }, 'the whole document cannot be removed'],
    [
      'moving everything',
      { a: 1 },
      { op: 'move', from: '', path: '/b' },
      'the whole document cannot be moved into itself',
    ],
    [
      'moving into itself',
      { a: { b: 1 } },
      { op: 'move', from: '/a', path: '/a/b/c' },
      '/a cannot be moved into itself',
    ],
    ['a step into a string', { a: 'abc' }, { op: 'add', path: '/a/b', value: 0 }, '/a/b does not exist'],
    ['an inherited field', {}, { op: 'copy', from: '/constructor', path: '/b' }, '/constructor does not exist'],
    ['an inherited object', {}, { op: 'add', path: '/__proto__/x', value: 1 }, '/__proto__ does not exist'],
    [
      'a pointer without slash',
      { a: 1 },
      { op: 'remove', path: 'a' },
      'path is not a JSON pointer such as /spec/containers/0: a',
    ],
    [
      'a bad escape',
      { 'a~2': 1 },
      { op: 'remove', path: '/a~2' },
      'path is not a JSON pointer such as /spec/containers/0: /a~2',
    ],
    [
      'a bad from',
      { a: 1 },
      { op: 'copy', from: 'a', path: '/b' },
      'from is not a JSON pointer such as /spec/containers/0: a',
    ],
    ['no value', { a: 1 }, { op: 'add', path: '/b' }, 'add needs a value'],
    ['no from', { a: 1 }, { op: 'copy', path: '/b' }, 'copy needs from'],
  ])('%s', (_, document, operation, problem) => {
    const before = structuredClone(document)
    const wrapped = typeof document === 'object' ? { ...document } : document
    expect(applyPatch(wrapped, [done, operation])).toStrictEqual({ ok: false, problem, at: 1 })
    expect(wrapped).toStrictEqual(before)
  })

  test('what is wrong with an operation by itself is known without a document', () => {
    expect(operationProblem({ op: 'replace', path: '/a' })).toBe('replace needs a value')
    expect(operationProblem({ op: 'remove', path: 'a' })).toContain('not a JSON pointer')
    expect(operationProblem({ op: 'test', path: '/not/there', value: null })).toBeUndefined()
  })
})

describe('a patch does not grow a document beyond measure', () => {
  const problem = 'the document would have more than 262144 characters or 64 levels'
  test.each([
    ['by copies into itself', { op: 'copy', from: '', path: '/a' }],
    ['by copies beside each other', { op: 'copy', from: '/list', path: '/list/-' }],
    ['at once', { op: 'add', path: '/a', value: 'x'.repeat(270_000) }],
  ] as const)('%s', (_, operation) => {
    const many = Array<JsonPatchOperation>(64).fill(operation)
    expect(applyPatch({ list: ['x'.repeat(100)] }, many)).toMatchObject({ ok: false, problem })
  })
})

test('a field called __proto__ is a field like another', () => {
  const patched = applyPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }])
  expect(JSON.stringify(patched)).toBe('{"ok":true,"value":{"__proto__":{"polluted":true}}}')
  expect(patched).not.toHaveProperty('value.polluted')
})

const key = fc.constantFrom('a', 'b', '0', '1', '-', '', 'a/b', '~', '__proto__', 'constructor', 'length')
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(null, true, 1, -0, 'x'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value
const pointer = fc
  .array(key, { maxLength: 3 })
  .map((steps) => steps.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''))
const operation: fc.Arbitrary<JsonPatchOperation> = fc.oneof(
  fc.record({ op: fc.constantFrom('add', 'replace', 'test'), path: pointer, value: json }),
  fc.record({ op: fc.constant('remove'), path: pointer }),
  fc.record({ op: fc.constantFrom('move', 'copy'), path: pointer, from: pointer }),
)

describe('of any patch and any document it is true that', () => {
  test('the document is not changed, and nothing that others inherit', () => {
    fc.assert(
      fc.property(json, fc.array(operation, { maxLength: 4 }), (document, patch) => {
        const before = JSON.stringify(document)
        const inherited = Object.getOwnPropertyNames(Object.prototype).length
        applyPatch(document, patch)
        expect(JSON.stringify(document)).toBe(before)
        expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(inherited)
      }),
    )
  })

  test('what was added is found there, and removing it gives the document back', () => {
    fc.assert(
      fc.property(json, pointer, json, (document, path, value) => {
        const added = applyPatch(document, [{ op: 'add', path, value }])
        const steps = parsePointer(path) ?? []
        fc.pre(added.ok && path !== '' && steps.at(-1) !== '-')
        expect(applyPatch(added.value, [{ op: 'test', path, value }])).toMatchObject({ ok: true })
        const replaced = applyPatch(document, [{ op: 'replace', path, value }])
        const back = applyPatch(added.value, [{ op: 'remove', path }])
        // A field that was there before was replaced; a list grew.
        const isList = Array.isArray(at(document, path.slice(0, path.lastIndexOf('/'))))
        if (isList || !replaced.ok) expect(back).toEqual({ ok: true, value: document })
      }),
    )
  })

  test('what was copied is at both places, and a move is that without the first', () => {
    fc.assert(
      fc.property(json, pointer, pointer, (document, from, path) => {
        const copied = applyPatch(document, [{ op: 'copy', from, path }])
        fc.pre(copied.ok && !path.endsWith('-'))
        expect(at(copied.value, path)).toEqual(at(document, from))
        const moved = applyPatch(document, [{ op: 'move', from, path }])
        const inSteps = applyPatch(document, [
          { op: 'remove', path: from },
          { op: 'add', path, value: at(document, from) },
        ])
        if (moved.ok) expect(inSteps).toEqual(moved)
      }),
    )
  })
})

/** Returns the value at a pointer, or undefined if there is none. */
function at(document: unknown, pointer: string): unknown {
  const found = applyPatch(document, [{ op: 'copy', from: pointer, path: '' }])
  return found.ok ? found.value : undefined
}
