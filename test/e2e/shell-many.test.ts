import { expect } from '@jest/globals'
import { storedRequest } from '../fixtures/access.ts'
import { gatedNamespace } from '../fixtures/gated-namespace.ts'
import { admin } from '../fixtures/kubectl.ts'
import { isReady, peopleOf } from '../fixtures/people.ts'
import { ownPodTemplate, shellScene } from '../fixtures/shell-scene.ts'
import { testWithNode } from '../fixtures/test-cluster.ts'

const namespace = 'shell-many'
const testOnNode = testWithNode()
const { offer, request } = shellScene(namespace)
const count = 50
// More than a controller works on at once (src/controller/reconcile.ts). If one of them waited in there, all others
// would wait.
const stuck = 10

gatedNamespace(namespace, () => Promise.resolve())

testOnNode(
  `${count} requests at once are all ready, whoever else waits for what never comes`,
  async () => {
    await offer('quick', ownPodTemplate())
    await offer('stuck', ownPodTemplate({ nodeSelector: { 'example.com/there': 'no' } }))
    const people = await peopleOf(namespace)
    const namesOf = (template: string, length: number): readonly string[] =>
      Array.from({ length }, (_, index) => `${template}-${index}`)
    const asking = (name: string): Promise<void> => people.ask(name, request(name).spec)

    await Promise.all(namesOf('stuck', stuck).map(asking))
    const quick = namesOf('quick', count)
    await Promise.all(quick.map(asking))
    await Promise.all(quick.map((name) => people.chronicle.when(name, 'is ready', isReady)))

    const { status } = await storedRequest(namespace, 'stuck-0')
    expect(status?.message).toContain('its pod waits for a node')
    const made = await admin(['get', 'pods', '-n', namespace, '--field-selector=status.phase=Running', '-o', 'name'])
    expect(made.trim().split('\n')).toHaveLength(count)
    await people[Symbol.asyncDispose]()
  },
  180_000,
)
