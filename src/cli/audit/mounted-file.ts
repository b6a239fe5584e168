/** The object in the cluster that has the content of a file. */
export interface FileSource {
  readonly kind: 'Secret' | 'ConfigMap'
  readonly name: string
  readonly key: string
}

interface Item {
  readonly key: string
  readonly path: string
}

interface Files {
  readonly secret?: { readonly name?: string; readonly secretName?: string; readonly items?: readonly Item[] }
  readonly configMap?: { readonly name?: string; readonly items?: readonly Item[] }
}

/** The parts of a pod's spec that say which files its containers see. The API server has checked them. */
export interface MountingPod {
  readonly containers?: readonly {
    readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[]
  }[]
  readonly volumes?: readonly (Files & {
    readonly name: string
    readonly projected?: { readonly sources?: readonly Files[] }
  })[]
}

/**
 * Finds the objects that may have the content of a file in the first container of a pod. Several can be projected into
 * one folder: the first that has the key has the content.
 */
export function sourcesOf({ containers = [], volumes = [] }: MountingPod, file: string): readonly FileSource[] {
  const mounts = (containers[0]?.volumeMounts ?? [])
    .filter(({ mountPath }) => isIn(mountPath, file))
    .toSorted((a, b) => b.mountPath.length - a.mountPath.length)
  const [mount] = mounts
  const volume = volumes.find(({ name }) => name === mount?.name)
  if (!mount || !volume) return []
  const below = file.slice(mount.mountPath.length).replace(/^\/+/, '')
  const path = [mount.subPath, below].filter((part) => part).join('/')
  return [volume, ...(volume.projected?.sources ?? [])].flatMap((files) => sourceIn(files, path))
}

function isIn(folder: string, file: string): boolean {
  return file === folder || file.startsWith(`${folder.replace(/\/+$/, '')}/`)
}

function sourceIn({ secret, configMap }: Files, path: string): readonly FileSource[] {
  const found = [
    { kind: 'Secret', name: secret?.secretName ?? secret?.name, key: keyAt(secret?.items, path) },
    { kind: 'ConfigMap', name: configMap?.name, key: keyAt(configMap?.items, path) },
  ] as const
  return found.flatMap(({ kind, name, key }) => (name === undefined || key === undefined ? [] : [{ kind, name, key }]))
}

/** Returns the key of a path. Without items, each key is a file of its name. */
function keyAt(items: readonly Item[] | undefined, path: string): string | undefined {
  return items ? items.find((item) => item.path === path)?.key : path
}
