import { globSync, readFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { convertAll } from '../../../../src/cli/migrate/convert-all.ts'
import type { Outcome } from '../../../../src/cli/migrate/outcome.ts'
import { documentsOf, type Document } from '../../../../src/cli/migrate/read/documents.ts'

/** The examples, one list of objects for each system. */
export const examples = ['oz', 'kube-request-access', 'kudo', 'podconfig-operator'].map((system) => {
  const files = globSync(`examples/migrate/${system}/*.yaml`).toSorted()
  const { documents, unreadable } = documentsOf(files.map((name) => ({ name, text: readFileSync(name, 'utf8') })))
  if (unreadable.length > 0) throw new Error(JSON.stringify(unreadable))
  return { system, documents }
})

/** Converts objects, as if each came from a file of its own. */
export function migrated(...objects: readonly object[]): readonly Outcome[] {
  const inputs = objects.map((object, index) => ({ name: `${index}.yaml`, text: stringify(object) }))
  return convertAll(documentsOf(inputs).documents)
}

/** Converts one object. */
export function migratedOne(object: object): Outcome {
  const [outcome] = migrated(object)
  if (!outcome) throw new Error('nothing was read')
  return outcome
}

/** Returns the outcome of one of several objects that are converted together. */
export function outcomeOf(documents: readonly Document[], index: number): Outcome {
  const outcome = convertAll(documents)[index]
  if (!outcome) throw new Error(`there is no outcome ${index}`)
  return outcome
}

const meta = { name: 'web', namespace: 'shop' }
const accessConfig = { allowedGroups: ['dev'], defaultDuration: '1h', maxDuration: '2h' }
const controllerTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }

/** Returns a template of Oz. */
export function ozTemplate(kind: 'ExecAccessTemplate' | 'PodAccessTemplate', spec: object = {}): object {
  const apiVersion = 'crds.wizardofoz.co/v1alpha1'
  return { apiVersion, kind, metadata: meta, spec: { accessConfig, controllerTargetRef, ...spec } }
}

/** Returns a policy of kudo. */
export function kudoPolicy(spec: object = {}, target: object = {}): object {
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }
  const grants = [{ kind: 'KubernetesRoleBinding', defaultNamespace: 'shop', allowedNamespaces: ['shop'], roleRef }]
  return {
    apiVersion: 'k8s.kudo.dev/v1alpha1',
    kind: 'EscalationPolicy',
    metadata: { name: 'look' },
    spec: {
      subjects: [{ kind: 'Group', name: 'dev' }],
      target: { defaultDuration: '1h', maxDuration: '2h', grants, ...target },
      ...spec,
    },
  }
}

/** Returns a request of kube-request-access. */
export function kraRequest(spec: object = {}): object {
  return {
    apiVersion: 'spreadgroup.com/v1',
    kind: 'AccessRequest',
    metadata: meta,
    spec: {
      userInfo: { username: 'alice' },
      forObject: {
        resource: { group: '', version: 'v1', resource: 'pods' },
        subResource: 'exec',
        name: 'web-0',
        namespace: 'shop',
      },
      execOptions: { apiVersion: 'v1', kind: 'PodExecOptions', stdout: true, stderr: true, command: ['id'] },
      ...spec,
    },
  }
}
