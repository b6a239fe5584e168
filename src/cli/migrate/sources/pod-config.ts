import type { Told } from '../note.ts'
import { groupsOf, type Source } from '../source.ts'
import { metadataOf } from './metadata.ts'

const interfaces: Told = {
  effect: 'NoEqual',
  why: 'a task of Sallyport works inside a pod, and makes no link between pods and no bridge on a node',
  remedy:
    'Until then, let a CNI add the interface: Multus reads the annotation k8s.v1.cni.cncf.io/networks of a running pod. ' +
    'For addresses, routes and tunnels inside a pod, offer a task with NET_ADMIN: a template with access.task (examples/templates/tasks/extra-route.yaml)',
}

const rows: Readonly<Record<string, Told>> = {
  networkAttachments: interfaces,
  vlans: { ...interfaces, why: 'podconfig-operator never read it, and no task of Sallyport makes such a link' },
  sampleDeployment: {
    effect: 'NoEqual',
    why: 'it is a Deployment for a demonstration',
    remedy: 'If you need it, apply a Deployment of your own',
  },
}

/** A change of the network of running pods. */
export const podConfig: Source = {
  system: 'podconfig-operator',
  groups: groupsOf.podconfig,
  kind: 'PodConfig',
  becomes: 'nothing yet: the tasks of Sallyport work inside one pod',
  fields: Object.entries(rows).map(([field, { why, remedy }]) => ({
    from: `spec.${field}`,
    how: `${why}. ${remedy ?? ''}.`,
  })),
  convert(object) {
    metadataOf(object)
    const spec = object.object('spec')
    for (const [field, told] of Object.entries(rows)) if (spec.has(field)) spec.tell(field, told)
    object.tellWhole({
      effect: 'NoEqual',
      why: 'Sallyport makes no links between pods yet',
      remedy: 'Keep podconfig-operator until it does, or do as the notes on its fields say',
    })
    return {}
  },
}
