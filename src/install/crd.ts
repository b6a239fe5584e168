import { apiGroup, type Kind } from '../api/kinds/kind.ts'
import { structural } from '../api/schema/structural.ts'
import type { Manifest } from '../api/manifest.ts'
import { ownLabels } from '../api/installation.ts'
import { version, versionLabel } from '../api/version.ts'

/** Returns the CustomResourceDefinition of a kind. manifests/crds holds its text, and a check compares the two. */
export function customResourceDefinition(kind: Kind): Manifest {
  const { plural, singular, shortNames, categories } = kind
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    // Everybody may read this label of one of them (user-roles.ts), so that `kubectl access version` can tell it.
    metadata: { name: `${plural}.${apiGroup}`, labels: { ...ownLabels, [versionLabel]: version } },
    spec: {
      group: apiGroup,
      names: { kind: kind.kind, listKind: `${kind.kind}List`, plural, singular, shortNames, categories },
      scope: kind.namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: kind.apiVersion.slice(apiGroup.length + 1),
          served: true,
          storage: true,
          schema: { openAPIV3Schema: rootSchema(kind) },
          ...('status' in kind.schema.properties && { subresources: { status: {} } }),
          additionalPrinterColumns: kind.printColumns,
          selectableFields: kind.selectableFields.map((jsonPath) => ({ jsonPath })),
        },
      ],
    },
  }
}

// The API server checks these fields itself, and refuses most of what a schema could say about them.
const given = { apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: { type: 'object' } }

function rootSchema({ kind, schema }: Kind): object {
  const own = Object.entries(schema.properties).filter(([field]) => !(field in given))
  const { properties, ...root } = structural({ ...schema, properties: Object.fromEntries(own) }, kind)
  const required = schema.required.filter((field) => !(field in given))
  return { ...root, required, properties: { ...given, ...(typeof properties === 'object' ? properties : {}) } }
}
