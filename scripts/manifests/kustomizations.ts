import { allKinds } from '../../src/api/kinds/all-kinds.ts'
import type { Manifest } from '../../src/api/manifest.ts'
import { allComponents } from '../../src/install/overlays/all-components.ts'
import type { Component } from '../../src/install/overlays/component.ts'
import { documents, yaml } from './yaml.ts'

type File = readonly [path: string, text: string]

/**
 * Returns the files of kustomize. kustomize reads no file outside of a kustomization's folder, and no kustomization of a
 * folder around it. So the base has the objects of `install.yaml` a second time, and takes the kinds from their folder.
 *
 * @param installed the objects of the installation
 */
export function kustomizations(installed: readonly Manifest[]): readonly File[] {
  return [
    // `kubectl apply -f manifests/crds` would take a kustomization.yaml for an object.
    ['manifests/crds/Kustomization', yaml([kustomization({ resources: kindFiles })])],
    ['manifests/base/kustomization.yaml', yaml([kustomization({ resources: ['../crds', 'objects.yaml'] })], aboutBase)],
    ['manifests/base/objects.yaml', yaml(installed.filter(({ kind }) => kind !== 'CustomResourceDefinition'))],
    ...allComponents.flatMap(filesOf),
  ]
}

const aboutBase = [
  'The whole installation. Give its image another name by `images`, and add components by `components`.',
  'For another namespace, use the chart: policies name the service account in CEL, where `namespace` changes nothing.',
]

const kindFiles = allKinds.map(({ plural }) => `${plural}.yaml`)

function filesOf({ name, about, objects, patches }: Component): readonly File[] {
  const folder = `manifests/components/${name}`
  const component = {
    apiVersion: 'kustomize.config.k8s.io/v1alpha1',
    kind: 'Component',
    ...(objects.length > 0 && { resources: ['objects.yaml'] }),
    ...(patches.length > 0 && { patches: patches.map((patch) => ({ patch: documents([patch]) })) }),
  }
  return [
    [`${folder}/kustomization.yaml`, yaml([component], about.split('\n'))],
    ...(objects.length > 0 ? [[`${folder}/objects.yaml`, yaml(objects)] as const] : []),
    [
      `manifests/overlays/${name}/kustomization.yaml`,
      yaml([kustomization({ resources: ['../../base'], components: [`../../components/${name}`] })]),
    ],
  ]
}

function kustomization(fields: object): object {
  return { apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization', ...fields }
}
