import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { parse } from 'yaml'
import { auditTypes } from '../api/audit-event.ts'
import { ConfigFile } from '../api/config/config.ts'
import type { DirectPolicy } from '../api/config/direct-config.ts'
import { installation, lastAnswersSeconds } from '../api/installation.ts'
import { parseAddressRange, type AddressRange } from '../api/config/address-range.ts'
import { parseDuration, type Milliseconds } from '../api/duration.ts'
import { parseQuantity } from '../api/quantity.ts'
import type { Subject } from '../api/subject.ts'
import { defaultingSchemaCheck } from '../api/schema/schema-check.ts'
import { resources } from '../cluster/client/resources.ts'
import { builtInWorkloads } from '../controller/views/workloads.ts'
import { apiGroupOf } from '../decision/api-group.ts'
import { compilePattern } from '../decision/pattern.ts'
import { tlsPolicy, tlsProblems, type TlsPolicy } from './tls-policy.ts'

/** The config as the other parts get it: complete and frozen. */
export type Config = Readonly<
  Omit<ConfigFile, 'callers' | 'drainDelay' | 'requests' | 'selfCheck' | 'tls' | 'webhooks'>
> & {
  readonly tls: TlsPolicy
  readonly webhooks: Omit<ConfigFile['webhooks'], 'bytesInFlight'> & { readonly bytesInFlight: number }
  readonly callers: CallerPolicy
  readonly drainDelayMs: Milliseconds
  readonly selfCheck: { readonly intervalMs: Milliseconds; readonly onDifference: 'Restore' | 'Report' }
  readonly requests: {
    readonly pendingTimeoutMs: Milliseconds
    readonly retentionMs: Milliseconds
    readonly maxUnfinished: number
    readonly direct: DirectPolicy
  }
}

/** The proofs that a caller of the webhooks must give: every one that is set here. */
export interface CallerPolicy {
  /** The random part of the paths. Undefined if the paths have none. */
  readonly path: { readonly lifetimeMs: Milliseconds } | undefined
  readonly certificate: ConfigFile['callers']['certificate']
  readonly token: ConfigFile['callers']['token']
  readonly addresses: readonly AddressRange[]
}

/** The error for a config that cannot be used. The message names file, field and remedy. */
class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const checkConfig = defaultingSchemaCheck(ConfigFile, 'config')

/**
 * Reads a config file, and fills in the defaults.
 * @throws ConfigError if the file cannot be read, is not YAML, or breaks the schema
 */
export function readConfigFile(file: string): ConfigFile {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${String(error)}`)
  }
  return checkedConfig(text, file)
}

/** Reads the text of a config file. Messages call it by `origin`. */
export function parseConfig(text: string, origin: string): Config {
  return configOf(checkedConfig(text, origin))
}

/** Checks the text of a config file, and fills in the defaults. */
export function checkedConfig(text: string, origin: string): ConfigFile {
  const result = checkConfig(parseYaml(text, origin))
  const problems = result.ok ? configProblems(result.value) : result.problems
  if (!result.ok || problems.length > 0) {
    throw new ConfigError(problems.map((problem) => `${origin}: ${problem}`).join('\n'))
  }
  return deepFreeze(result.value)
}

/** Returns the config of a file that was checked, in the form that the other parts get. */
export function configOf(file: ConfigFile): Config {
  const { callers, drainDelay, requests, selfCheck, tls, webhooks, ...config } = file
  return deepFreeze({
    ...config,
    callers: callerPolicy(callers),
    tls: tlsPolicy(tls),
    webhooks: { ...webhooks, bytesInFlight: bytesOf(webhooks.bytesInFlight) },
    drainDelayMs: parseDuration(drainDelay) ?? 0,
    selfCheck: { intervalMs: parseDuration(selfCheck.interval) ?? 0, onDifference: selfCheck.onDifference },
    requests: {
      pendingTimeoutMs: parseDuration(requests.pendingTimeout) ?? 0,
      retentionMs: parseDuration(requests.retention) ?? 0,
      maxUnfinished: requests.maxUnfinished,
      direct: requests.direct,
    },
  })
}

function callerPolicy({ path, certificate, token, addresses }: ConfigFile['callers']): CallerPolicy {
  return {
    path: path.mode === 'Required' ? { lifetimeMs: parseDuration(path.lifetime) ?? 0 } : undefined,
    certificate,
    token,
    addresses: addresses.map(parseAddressRange).filter((range) => range !== undefined),
  }
}

function parseYaml(text: string, origin: string): unknown {
  try {
    // An alias (`*name`) is the object itself: a default that is filled in at one place would appear at the other.
    return JSON.parse(JSON.stringify(parse(text)))
  } catch (error) {
    throw new ConfigError(`${origin} is not YAML: ${String(error)}`)
  }
}

/** Returns the problems that the schema cannot find. */
function configProblems(config: ConfigFile): readonly string[] {
  return [
    ...subjectProblems(config),
    ...breakGlassProblems(config),
    ...addressProblems(config),
    ...budgetProblems(config),
    ...callerProblems(config),
    ...tlsProblems(config.tls),
    ...durationProblems(config),
    ...directProblems(config),
    ...auditProblems(config),
    ...validatorProblems(config),
    ...workloadProblems(config),
  ]
}

/**
 * Returns a problem for each subject with a wrong namespace: a ServiceAccount needs one, and no other kind may have
 * one.
 */
function subjectProblems({ exemptions }: ConfigFile): readonly string[] {
  return exemptions.flatMap(({ subjects }, index) => problemsOf(`config.exemptions[${index}].subjects`, subjects))
}

function problemsOf(list: string, subjects: readonly Subject[]): readonly string[] {
  return subjects.flatMap(({ kind, namespace }, position) => {
    if ((kind === 'ServiceAccount') === (namespace !== undefined)) return []
    const field = `${list}[${position}].namespace`
    return [
      kind === 'ServiceAccount' ? `${field} is missing` : `${field} is only for a ServiceAccount, not for a ${kind}`,
    ]
  })
}

// Every user who may make a pod or a token in some namespace can be one of these.
const noPersons = /^system:(anonymous|authenticated|unauthenticated|serviceaccounts?(:.*)?)$/s

/** Returns a problem for each subject that everybody can be. Break-glass is for people who are known by name. */
function breakGlassProblems({ breakGlass }: ConfigFile): readonly string[] {
  return breakGlass.subjects.flatMap(({ kind, name }, position) => {
    const field = `config.breakGlass.subjects[${position}].name`
    if (!name.isWellFormed()) return [`${field} is not Unicode text, so no login can have it`]
    if (!noPersons.test(name)) return []
    return [`${field} is ${name}, which is not only for people: name a ${kind} that an administrator gives to persons`]
  })
}

// Timers and dates have limits. A duration beyond the limit would be over at once, or would never be over.
function durationProblems({ drainDelay, selfCheck, requests }: ConfigFile): readonly string[] {
  return [
    ...durationProblem('config.drainDelay', drainDelay, ['0s', '1h']),
    ...drainProblems(drainDelay, Number(installation.graceSeconds ?? Infinity)),
    // Each look takes about ten reads.
    ...durationProblem('config.selfCheck.interval', selfCheck.interval, ['1s', '8760h']),
    ...durationProblem('config.requests.pendingTimeout', requests.pendingTimeout, ['1s', '8760h']),
    ...durationProblem('config.requests.retention', requests.retention, ['0s', '87600h']),
  ]
}

/** Returns a problem if the replica would be killed before it has drained and given its last answers. */
export function drainProblems(drainDelay: string, graceSeconds: number): readonly string[] {
  const most = graceSeconds - lastAnswersSeconds
  if ((parseDuration(drainDelay) ?? 0) <= most * 1_000) return []
  return [
    `config.drainDelay must be at most ${most}s, not ${drainDelay}: the pod has ${graceSeconds} s until it is killed, and ` +
      `its last answers need ${lastAnswersSeconds} s. Raise terminationGracePeriodSeconds of the Deployment, and its ` +
      `variable SALLYPORT_GRACE_SECONDS`,
  ]
}

/** Problems of the bounds of requests without a template. */
function directProblems({ requests: { direct } }: ConfigFile): readonly string[] {
  const { maxDuration, reviewers = [], reason } = direct
  const field = 'config.requests.direct'
  const compiled = reason.pattern === undefined ? undefined : compilePattern(reason.pattern)
  return [
    ...(maxDuration === undefined ? [] : durationProblem(`${field}.maxDuration`, maxDuration, ['1s', '8760h'])),
    ...problemsOf(`${field}.reviewers`, reviewers),
    ...(compiled && 'problem' in compiled
      ? [`${field}.reason.pattern is not an RE2 expression: ${compiled.problem}`]
      : []),
  ]
}

function durationProblem(
  field: string,
  text: string,
  [least, most]: readonly [least: string, most: string],
): readonly string[] {
  const [ms = NaN, from = NaN, to = NaN] = [text, least, most].map(parseDuration)
  return from <= ms && ms <= to ? [] : [`${field} must be from ${least} to ${most}, not ${text}`]
}

// The API server waits five seconds for a whole decision, with the reads before it and the audit events after it.
const maxAwaited = '3s'

function auditProblems({ audit: { redact, sinks } }: ConfigFile): readonly string[] {
  return [
    ...redact.flatMap(({ pattern }, index) => {
      const compiled = compilePattern(pattern)
      return 'problem' in compiled
        ? [`config.audit.redact[${index}].pattern is not an RE2 pattern: ${compiled.problem}`]
        : []
    }),
    ...calleeProblems('config.audit.sinks', sinks),
    ...sinks.flatMap(({ mode, timeout, types = [] }, index) => [
      ...timeoutProblems(`config.audit.sinks[${index}]`, timeout, mode === 'Required' ? maxAwaited : '30s'),
      ...types.flatMap((type, position) =>
        isTypeOrNoun(type)
          ? []
          : [
              `config.audit.sinks[${index}].types[${position}] is ${type}, and no event has that type: see docs/audit-events.md`,
            ],
      ),
    ]),
  ]
}

/** Returns true if there are such events. A sink would silently get nothing for a misspelt type. */
function isTypeOrNoun(text: string): boolean {
  return Object.keys(auditTypes).some((type) => type === text || type.startsWith(`${text}.`))
}

function timeoutProblems(where: string, timeout: string, max: string): readonly string[] {
  const ms = parseDuration(timeout) ?? 0
  if (ms > 0 && ms <= (parseDuration(max) ?? 0)) return []
  return [`${where}.timeout must be more than 0s and at most ${max}, not ${timeout}`]
}

function validatorProblems({ validators }: ConfigFile): readonly string[] {
  return [
    ...calleeProblems('config.validators', validators),
    ...validators.flatMap(({ timeout }, index) => timeoutProblems(`config.validators[${index}]`, timeout, maxAwaited)),
  ]
}

/** Returns the problems of the servers that Sallyport calls. */
function calleeProblems(list: string, callees: readonly { name: string; url: string }[]): readonly string[] {
  const names = callees.map(({ name }) => name)
  return [
    ...names.flatMap((name, index) =>
      names.indexOf(name) === index
        ? []
        : [`${list}[${index}].name is ${name}, like an earlier one: choose another name`],
    ),
    ...callees.flatMap(({ url }, index) =>
      URL.canParse(url) ? [] : [`${list}[${index}].url is not a URL: it must look like https://example.org/path`],
    ),
  ]
}

/** Returns a problem for each kind that is listed twice: the later entry would have no effect. */
function workloadProblems({ workloads }: ConfigFile): readonly string[] {
  const builtIn = [resources.Pod, ...builtInWorkloads].map(groupKind)
  const names = workloads.map(groupKind)
  return names.flatMap((name, index) => {
    if (builtIn.includes(name)) return [`config.workloads[${index}] is ${name}, which is built in: leave it out`]
    return names.indexOf(name) === index
      ? []
      : [`config.workloads[${index}] is ${name}, like an earlier one: leave one out`]
  })
}

function groupKind(of: { readonly apiVersion: string; readonly kind: string }): string {
  const group = apiGroupOf(of)
  return group === '' ? of.kind : `${of.kind} of ${group}`
}

const everyAddress = ['::', '0.0.0.0']
const dnsName = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/

/** Returns the problems of the called address. The API server calls one address; it cannot call "every address". */
function addressProblems({ webhooks: { host, calledAt, calledHost, calledPort } }: ConfigFile): readonly string[] {
  if (calledAt === 'Service') {
    return Object.entries({ calledHost, calledPort }).flatMap(([field, value]) =>
      value === undefined
        ? []
        : [`config.webhooks.${field} needs calledAt: Address; a Service has an address of its own`],
    )
  }
  if (calledHost === undefined) {
    return everyAddress.includes(host)
      ? [
          `config.webhooks.calledHost is missing: the API server calls one address, and webhooks.host ${host} means every address`,
        ]
      : []
  }
  return isOneHost(calledHost)
    ? []
    : [`config.webhooks.calledHost must be one IP address or DNS name, not ${calledHost}`]
}

/**
 * Returns true for one IP address or DNS name. An IPv6 address with a zone (`%eth0`) has a meaning on one machine only,
 * and no URL has it.
 */
function isOneHost(text: string): boolean {
  if (everyAddress.includes(text) || text.includes('%')) return false
  return isIP(text) !== 0 || dnsName.test(text)
}

// With less, the largest review would have no place. With more, the budget would bound nothing.
const [leastBytes, mostBytes] = ['16Mi', '4Gi']

function budgetProblems({ webhooks: { bytesInFlight } }: ConfigFile): readonly string[] {
  const bytes = bytesOf(bytesInFlight)
  if (bytesOf(leastBytes) <= bytes && bytes <= bytesOf(mostBytes)) return []
  return [`config.webhooks.bytesInFlight must be from ${leastBytes} to ${mostBytes}, not ${bytesInFlight}`]
}

function bytesOf(quantity: string | number): number {
  return Number((parseQuantity(quantity) ?? 0n) / 1_000_000_000n)
}

function callerProblems({ callers: { path, certificate, token, addresses } }: ConfigFile): readonly string[] {
  const isOpen = path.mode === 'Off' && !certificate && !token && addresses.length === 0
  return [
    ...(isOpen
      ? ['config.callers asks for no proof: set path.mode to Required, or set certificate, token or addresses']
      : []),
    ...durationProblem('config.callers.path.lifetime', path.lifetime, ['1m', '8760h']),
    ...addresses.flatMap((text, index) =>
      parseAddressRange(text)
        ? []
        : [`config.callers.addresses[${index}] is ${text}, and should look like 10.0.0.0/24 or fd00::1`],
    ),
  ]
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}
