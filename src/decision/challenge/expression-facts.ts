import type { StringMap } from '../../api/fields.ts'
import { accessFacts } from '../kinds/access-kinds.ts'
import type { AccessFacts } from '../kinds/access-facts.ts'
import type { Instant, Milliseconds } from '../../api/duration.ts'
import type { AccessRequest } from '../../api/kinds/access-request.ts'
import type { Target } from '../../api/kinds/access-request-status.ts'
import { fromMicroTime } from '../../api/micro-time.ts'
import type { Pod } from '../../api/pod.ts'

/**
 * The facts that an expression may look at, as plain data. Durations and instants are in milliseconds. The evaluator
 * turns them into CEL's own types. If a field is absent, the expression fails and so denies, unless it asks with has().
 */
export interface ExpressionFacts {
  readonly request: {
    readonly name: string
    readonly namespace: string
    readonly reason: string
    /** The duration that is asked for, or the template's default. */
    readonly duration: Milliseconds
    readonly startAt?: Instant
    readonly once: boolean
    readonly attributes: StringMap
  } & Partial<AccessFacts>
  readonly requestor: {
    readonly username: string
    readonly uid: string
    readonly groups: readonly string[]
    readonly extra: Readonly<Record<string, readonly string[]>>
  }
  readonly template: {
    readonly kind: string
    readonly name: string
    /** Empty for a cluster-wide one. */
    readonly namespace: string
    readonly labels: StringMap
  }
  /** Without fields if the access is not to a pod. */
  readonly target: Partial<ExpressionTarget>
  readonly now: Instant
}

interface ExpressionTarget {
  readonly pod: string
  readonly container: string
  readonly image: string
  readonly node: string
  readonly labels: StringMap
  readonly serviceAccount: string
}

/** The request that an expression is asked about, and what belongs to it. */
export interface ExpressionSubject {
  readonly request: AccessRequest
  /** The duration that is asked for, or the template's default. */
  readonly duration: Milliseconds
  readonly template: {
    readonly kind: string
    readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: StringMap }
  }
  readonly target: Target | undefined
  readonly pod: Pod | undefined
  readonly now: Instant
}

export function expressionFacts({ request, duration, template, target, pod, now }: ExpressionSubject): ExpressionFacts {
  const { username = '', uid = '', groups = [], extra = {} } = request.spec.requestor ?? {}
  const { name, namespace = '', labels = {} } = template.metadata
  return {
    request: requestFacts(request, duration),
    requestor: { username, uid, groups, extra },
    template: { kind: template.kind, name, namespace, labels },
    target: target ? targetFacts(target, pod) : {},
    now,
  }
}

function requestFacts({ metadata, spec }: AccessRequest, duration: Milliseconds): ExpressionFacts['request'] {
  const { reason = '', once = false, attributes = {} } = spec
  const startAt = spec.startAt === undefined ? undefined : fromMicroTime(spec.startAt)
  return {
    name: metadata.name,
    namespace: metadata.namespace,
    ...{ reason, duration, once, attributes },
    ...(startAt !== undefined && { startAt }),
    ...accessFacts(spec),
  }
}

function targetFacts({ pod: name, container, image, node }: Target, pod: Pod | undefined): Partial<ExpressionTarget> {
  return {
    ...{ pod: name, container, image },
    ...(node !== undefined && { node }),
    ...(pod && { labels: pod.metadata.labels ?? {}, serviceAccount: pod.spec.serviceAccountName ?? 'default' }),
  }
}

const noon = Date.UTC(2026, 0, 5, 12)

/** Each field once. With it a template's author hears of a field that never exists, and of a type that does not fit. */
export const exampleFacts = {
  request: {
    name: 'look',
    namespace: 'shop',
    reason: 'OPS-42',
    duration: 3_600_000,
    startAt: noon,
    once: false,
    attributes: { ticket: 'OPS-42' },
    exec: { pod: 'web-0', container: 'app', command: ['id'], stdin: false, tty: false, subresources: ['log'] },
    shell: { resources: { cpu: '500m' } },
    role: {},
    task: { pod: 'web-0', parameters: { port: '8080' } },
  },
  requestor: { username: 'alice', uid: 'u-1', groups: ['dev'], extra: { scopes: ['read'] } },
  template: { kind: 'AccessTemplate', name: 'web', namespace: 'shop', labels: { team: 'shop' } },
  target: {
    pod: 'web-0',
    container: 'app',
    image: 'shop/web:1',
    node: 'node-1',
    labels: { app: 'web' },
    serviceAccount: 'default',
  },
  now: noon,
} as const satisfies ExpressionFacts
