import { describe, expect, test } from '@jest/globals'
import { containerKubectlTakes, defaultContainer, type Lists } from '../../../../src/decision/pod/default-container.ts'

const one: Lists = { containers: [{ name: 'app' }] }
const several: Lists = {
  containers: [{ name: 'app' }, { name: 'proxy' }],
  initContainers: [{ name: 'migrate' }],
  ephemeralContainers: [{ name: 'debugger' }],
}

// kubectl 1.35 reports its choice: "Defaulted container …".
describe('the container that kubectl takes where none is named', () => {
  test.each<[string, string | undefined, Lists, ReturnType<typeof containerKubectlTakes>]>([
    ['the only one', undefined, one, { name: 'app' }],
    [
      'the first',
      undefined,
      several,
      { name: 'app', why: 'the first of app, proxy, debugger (ephem), migrate (init)' },
    ],
    ['the annotated one', 'proxy', several, { name: 'proxy', why: `annotation ${defaultContainer} names it` }],
    [
      'the annotated one of any sort',
      'migrate',
      several,
      { name: 'migrate', why: `annotation ${defaultContainer} names it` },
    ],
    [
      'the first, where that is not there',
      'gone',
      one,
      { name: 'app', why: `the first, as annotation ${defaultContainer} names gone, which does not exist` },
    ],
    ['the first, where the annotation is empty', '', one, { name: 'app' }],
  ])('is %s', (_title, annotated, lists, taken) => {
    const annotations = annotated === undefined ? undefined : { [defaultContainer]: annotated }

    expect(containerKubectlTakes(annotations, lists)).toEqual(taken)
  })
})
