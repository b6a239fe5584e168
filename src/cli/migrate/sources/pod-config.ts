import type { Told } from '../note.ts'
import { groupsOf, type Source } from '../source.ts'
import { metadataOf } from './metadata.ts'

const interfaces: Told = {
  effect: 'NoEqual',
  why: 'Sallyport has no tasks yet, which will change the network of a running pod',
  remedy:
    'Until then, let a CNI add the interface: Multus reads the annotation k8s.v1.cni.cncf.io/networks of a running pod. ' +
    'For changes inside the pod, offer debug containers with NET_ADMIN: a template with access.exec.debug (examples/templates/debug.yaml)',
}

const rows: Readonly<Record<string, Told>> = {
  networkAttachments: interfaces,
  vlans: { ...interfaces, why: 'podconfig-operator never read it, and Sallyport has no tasks yet' },
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
  becomes: 'nothing yet: Sallyport has no tasks',
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
      why: 'nothing of Sallyport changes running pods yet',
      remedy: 'Keep podconfig-operator until it does, or do as the notes on its fields say',
    })
    return {}
  },
}
