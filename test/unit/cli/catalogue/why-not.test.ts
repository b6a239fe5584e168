import { describe, expect, test } from '@jest/globals'
import type { ClusterAccessTemplate } from '../../../../src/api/kinds/access-template.ts'
import { namespacesText, whyNotUsable, type Place } from '../../../../src/cli/catalogue/why-not.ts'
import { aTemplate } from '../../../fixtures/example-access.ts'

const alice: Place = { me: { username: 'alice', groups: ['dev'] }, namespace: 'shop', labels: { team: 'web' } }

function everywhere(namespaces: ClusterAccessTemplate['spec']['namespaces']): ClusterAccessTemplate {
  const { metadata, spec } = aTemplate()
  return { ...aTemplate(), kind: 'ClusterAccessTemplate', metadata, spec: { ...spec, namespaces } }
}

describe('a template is not for somebody', () => {
  test('unless it is', () => {
    expect(whyNotUsable(aTemplate(), alice)).toEqual([])
    expect(whyNotUsable(everywhere({ matchLabels: { team: 'web' } }), alice)).toEqual([])
  })

  test('who is not one of its subjects', () => {
    const template = aTemplate({ subjects: [{ kind: 'User', name: 'carol' }] })

    expect(whyNotUsable(template, alice)).toEqual(['it is for user carol, not for alice'])
  })

  test('in a namespace where it is not offered', () => {
    expect(whyNotUsable(aTemplate(), { ...alice, namespace: 'bank' })).toEqual(['it is not offered in namespace bank.'])
    expect(whyNotUsable(everywhere({ matchNames: ['bank'] }), alice)).toEqual([
      'it is not offered in namespace shop. It is for namespaces bank.',
    ])
    expect(whyNotUsable(everywhere({ matchLabels: { team: 'web' } }), { ...alice, labels: undefined })).toEqual([
      'it is not offered in namespace shop. It is for namespaces with the labels team=web. ' +
        'You may not read the labels of the namespace.',
    ])
  })

  test('while it is not ready', () => {
    const ready = {
      ...{ type: 'Ready', status: 'False' as const, reason: 'Unusable', message: 'there is no Deployment web' },
      lastTransitionTime: '2026-11-21T12:00:00.000000Z',
    }

    expect(whyNotUsable({ ...aTemplate(), status: { conditions: [ready] } }, alice)).toEqual([
      'it is not ready (Unusable): there is no Deployment web',
    ])
  })
})

test('the places of a template for many namespaces in words', () => {
  expect(namespacesText(everywhere({}))).toBe('all namespaces')
  expect(namespacesText(everywhere({ matchNames: ['a', 'b'], matchLabels: { team: 'web' } }))).toBe(
    'namespaces a, b that are also namespaces with the labels team=web',
  )
})
