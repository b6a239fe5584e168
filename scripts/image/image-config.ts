import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Type } from 'typebox'
import { Value } from 'typebox/value'

const described = Type.Object({
  name: Type.String(),
  version: Type.String(),
  description: Type.String(),
  license: Type.String(),
})

const product = Value.Parse(
  described,
  JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8')),
)

/** The version of this checkout. */
export const { version } = product

/** The name of this checkout's image in the manifests. */
export const imageReference = `${product.name}:${version}`

/** The user that the program runs as. Distroless images have the same. */
export const nonroot = 65532

interface Origin {
  readonly version: string
  /** The commit. A copy without git has none. */
  readonly revision: string | undefined
}

/** The config of the image, by the names of the OCI image specification. */
interface ImageConfig {
  readonly User: string
  readonly WorkingDir: string
  readonly Entrypoint: readonly string[]
  readonly Labels: Readonly<Record<string, string>>
}

/** Returns the config of the image. The Dockerfile says the same. */
export function imageConfig(origin: Origin): ImageConfig {
  return {
    // A number: the kubelet cannot tell from a name that it is not root.
    User: String(nonroot),
    WorkingDir: '/app',
    Entrypoint: ['/nodejs/bin/node', '/app/sallyport.mjs'],
    Labels: {
      'org.opencontainers.image.title': product.name,
      'org.opencontainers.image.description': product.description,
      'org.opencontainers.image.version': origin.version,
      ...(origin.revision !== undefined && { 'org.opencontainers.image.revision': origin.revision }),
      'org.opencontainers.image.licenses': product.license,
    },
  }
}
