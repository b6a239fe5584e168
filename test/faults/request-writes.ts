import { passName } from '../../src/decision/pod/pass-name.ts'
import { serviceAccountUser } from '../../src/api/installation.ts'
import { requestAnnotation } from '../../src/api/provided-object.ts'
import type { Fault, ProxiedRequest } from './fault.ts'

/** The write at which a request is held for ever: before the write has reached the API server, or after. */
export interface Hold {
  readonly atWrite: Write
  readonly reached: boolean
}

/**
 * A write, for example the second `PATCH accessrequests/status`. Writes at the same time have no order among
 * themselves.
 */
export interface Write {
  readonly what: string
  /** Its number among the writes that match. */
  readonly nth: number
  /** A text that the body of the write has. Left out: any body matches. */
  readonly says?: string
}

/** Counts Sallyport's writes for each request of alice. Each request has the pod of its name. */
export interface WriteCounter {
  readonly rule: (request: ProxiedRequest) => Fault | undefined
  of(name: string): readonly Write[]
  /** Returns the requests that are not held yet, with the writes for them. */
  free(): readonly string[]
}

interface Writes {
  readonly all: Write[]
  readonly hold: Hold | undefined
  isHeld: boolean
  /** The writes so far that match the one at which the request is held. */
  matching: number
}

export function writesOf(requests: ReadonlyMap<string, Hold | undefined>): WriteCounter {
  const writes = new Map<string, Writes>()
  // The names of the objects that belong to a request, added as they are seen.
  const owners = new Map<string, string>()
  for (const [name, hold] of requests) {
    writes.set(name, { all: [], hold, isHeld: false, matching: 0 })
    owners.set(name, name)
    owners.set(passName('alice', name), name)
    // The pass of a task lists it under Sallyport's own username.
    owners.set(passName(serviceAccountUser, name), name)
  }
  function ownerOf({ path, body }: ProxiedRequest): string | undefined {
    const [object = ''] = objectOf(path)
    const known = owners.get(object) ?? requestIn(body)
    if (known !== undefined && object !== '') owners.set(object, known)
    return known
  }

  return {
    rule(request) {
      if (request.method === 'GET' || request.path.endsWith('subjectaccessreviews')) return undefined
      const one = writes.get(ownerOf(request) ?? '')
      if (one === undefined) return undefined
      // A replica gives up on a held write after 10 s and tries again. Nothing more may come through.
      if (one.isHeld) return { kind: 'silence' }
      const what = `${request.method} ${kindOf(request.path)}`
      const nth = 1 + one.all.filter((write) => write.what === what).length
      one.all.push({ what, nth })
      if (!one.hold || !matches(one.hold.atWrite, what, request.body)) return undefined
      one.matching += 1
      if (one.matching !== one.hold.atWrite.nth) return undefined
      const hold = (): Promise<never> => {
        one.isHeld = true
        return new Promise(() => undefined)
      }
      const { reached } = one.hold
      if (reached) return { kind: 'hold-answer', until: hold }
      void hold()
      return { kind: 'silence' }
    },
    of: (name) => writes.get(name)?.all ?? [],
    free: () =>
      [...writes]
        .filter(([, { isHeld }]) => !isHeld)
        .map(([name, { all }]) => `${name}: ${all.map(({ what, nth }) => `${what} (${nth})`).join(', ')}`),
  }
}

function matches(write: Write, what: string, body: string): boolean {
  return write.what === what && (write.says === undefined || body.includes(write.says))
}

/** Returns the request that an object was made for, read from the body of a write. */
function requestIn(body: string): string | undefined {
  if (body === '') return undefined
  const { metadata, spec } = JSON.parse(body) as Body
  return metadata?.annotations?.[requestAnnotation] ?? spec?.request?.name
}

interface Body {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec?: { readonly request?: { readonly name?: string } }
}

/** Returns name and subresource from …/namespaces/N/KIND/NAME/SUBRESOURCE. */
function objectOf(path: string): readonly string[] {
  return path.split('/namespaces/')[1]?.split('/').slice(2) ?? []
}

function kindOf(path: string): string {
  const [, kind = '', , subresource] = path.split('/namespaces/')[1]?.split('/') ?? []
  return subresource === undefined ? kind : `${kind}/${subresource}`
}
