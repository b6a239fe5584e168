import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { parse } from 'yaml'
import { auditTypes } from '../api/audit-event.ts'
import { ConfigFile } from '../api/config/config.ts'
import { parseAddressRange, type AddressRange } from '../api/config/address-range.ts'
import { parseDuration, type Milliseconds } from '../api/duration.ts'
import { parseQuantity } from '../api/quantity.ts'
import type { Subject } from '../api/subject.ts'
import { defaultingSchemaCheck } from '../api/schema/schema-check.ts'
import { resources } from '../cluster/client/resources.ts'
import { builtInWorkloads } from '../controller/views/workloads.ts'
import { apiGroupOf } from '../decision/api-group.ts'
import { compilePattern } from '../decision/pattern.ts'

/** The config as the parts are handed it: complete and frozen. */
export type Config = Readonly<Omit<ConfigFile, 'callers' | 'drainDelay' | 'requests' | 'selfCheck' | 'webhooks'>> & {
  readonly webhooks: Omit<ConfigFile['webhooks'], 'bytesInFlight'> & { readonly bytesInFlight: number }
  readonly callers: CallerPolicy
  readonly drainDelayMs: Milliseconds
  readonly selfCheck: { readonly intervalMs: Milliseconds; readonly onDifference: 'Restore' | 'Report' }
  readonly requests: {
    readonly pendingTimeoutMs: Milliseconds
    readonly retentionMs: Milliseconds
    readonly maxUnfinished: number
  }
}

/** What a caller of the webhooks must show: all that is there. */
export interface CallerPolicy {
  /** Undefined where the paths are the plain ones. */
  readonly path: { readonly lifetimeMs: Milliseconds } | undefined
  readonly certificate: ConfigFile['callers']['certificate']
  readonly token: ConfigFile['callers']['token']
  readonly addresses: readonly AddressRange[]
}

/** A config that cannot be used; the message names file, field and remedy. */
class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const checkConfig = defaultingSchemaCheck(ConfigFile, 'config')

/**
 * Reads a config file.
 * @throws ConfigError where it cannot be read, is no YAML, or breaks the schema
 */
export function loadConfig(file: string): Config {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${String(error)}`)
  }
  return parseConfig(text, file)
}

/** As loadConfig, of text. `origin` is what messages call it. */
export function parseConfig(text: string, origin: string): Config {
  const result = checkConfig(parseYaml(text, origin))
  const problems = result.ok ? configProblems(result.value) : result.problems
  if (!result.ok || problems.length > 0) {
    throw new ConfigError(problems.map((problem) => `${origin}: ${problem}`).join('\n'))
  }
  const { callers, drainDelay, requests, selfCheck, webhooks, ...config } = result.value
  return deepFreeze({
    ...config,
    callers: callerPolicy(callers),
    webhooks: { ...webhooks, bytesInFlight: bytesOf(webhooks.bytesInFlight) },
    drainDelayMs: parseDuration(drainDelay) ?? 0,
    selfCheck: { intervalMs: parseDuration(selfCheck.interval) ?? 0, onDifference: selfCheck.onDifference },
    requests: {
      pendingTimeoutMs: parseDuration(requests.pendingTimeout) ?? 0,
      retentionMs: parseDuration(requests.retention) ?? 0,
      maxUnfinished: requests.maxUnfinished,
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
    // An alias (`*name`) is the object itself: what is filled in as a default in one place would appear in the other.
    return JSON.parse(JSON.stringify(parse(text)))
  } catch (error) {
    throw new ConfigError(`${origin} is no YAML: ${String(error)}`)
  }
}

/** What the schema cannot say. */
function configProblems(config: ConfigFile): readonly string[] {
  return [
    ...subjectProblems(config),
    ...breakGlassProblems(config),
    ...addressProblems(config),
    ...budgetProblems(config),
    ...callerProblems(config),
    ...durationProblems(config),
    ...auditProblems(config),
    ...validatorProblems(config),
    ...workloadProblems(config),
  ]
}

/** A namespace belongs to a ServiceAccount, and to nothing else. */
function subjectProblems({ exemptions }: ConfigFile): readonly string[] {
  return exemptions.flatMap(({ subjects }, index) => problemsOf(`config.exemptions[${index}].subjects`, subjects))
}

function problemsOf(list: string, subjects: readonly Subject[]): readonly string[] {
  return subjects.flatMap(({ kind, namespace }, position) => {
    if ((kind === 'ServiceAccount') === (namespace !== undefined)) return []
    const field = `${list}[${position}].namespace`
    return [kind === 'ServiceAccount' ? `${field} is missing` : `${field} is for a ServiceAccount alone, not a ${kind}`]
  })
}

// Whoever may make a pod or a token in some namespace can be one of these.
const noPersons = /^system:(anonymous|authenticated|unauthenticated|serviceaccounts?(:.*)?)$/s

/** Break-glass is for people who are known by name, not for everybody. */
function breakGlassProblems({ breakGlass }: ConfigFile): readonly string[] {
  return breakGlass.subjects.flatMap(({ kind, name }, position) => {
    const field = `config.breakGlass.subjects[${position}].name`
    if (!name.isWellFormed()) return [`${field} is no Unicode text, so that no login can have it`]
    if (!noPersons.test(name)) return []
    return [`${field} is ${name}, which is not for people alone: name a ${kind} that an administrator gives to persons`]
  })
}

// Timers and dates end somewhere: what is longer than they can hold would be over at once, or never be reached.
function durationProblems({ drainDelay, selfCheck, requests }: ConfigFile): readonly string[] {
  return [
    ...durationProblem('config.drainDelay', drainDelay, ['0s', '1h']),
    // Each look is some ten reads.
    ...durationProblem('config.selfCheck.interval', selfCheck.interval, ['1s', '8760h']),
    ...durationProblem('config.requests.pendingTimeout', requests.pendingTimeout, ['1s', '8760h']),
    ...durationProblem('config.requests.retention', requests.retention, ['0s', '87600h']),
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

// The API server waits five seconds for all of a decision, reads before it and what is told of it included.
const maxAwaited = '3s'

function auditProblems({ audit: { redact, sinks } }: ConfigFile): readonly string[] {
  return [
    ...redact.flatMap(({ pattern }, index) => {
      const compiled = compilePattern(pattern)
      return 'problem' in compiled ? [`config.audit.redact[${index}].pattern is no RE2: ${compiled.problem}`] : []
    }),
    ...calleeProblems('config.audit.sinks', sinks),
    ...sinks.flatMap(({ mode, timeout, types = [] }, index) => [
      ...timeoutProblems(`config.audit.sinks[${index}]`, timeout, mode === 'Required' ? maxAwaited : '30s'),
      ...types.flatMap((type, position) =>
        isTypeOrNoun(type)
          ? []
          : [
              `config.audit.sinks[${index}].types[${position}] is ${type}, and no event is of that type: docs/audit-events.md`,
            ],
      ),
    ]),
  ]
}

/** A sink would get nothing of a type that is misspelt, and nobody would know. */
function isTypeOrNoun(text: string): boolean {
  return Object.keys(auditTypes).some((type) => type === text || type.startsWith(`${text}.`))
}

function timeoutProblems(where: string, timeout: string, max: string): readonly string[] {
  const ms = parseDuration(timeout) ?? 0
  if (ms > 0 && ms <= (parseDuration(max) ?? 0)) return []
  return [`${where}.timeout must be more than nothing and at most ${max}, not ${timeout}`]
}

function validatorProblems({ validators }: ConfigFile): readonly string[] {
  return [
    ...calleeProblems('config.validators', validators),
    ...validators.flatMap(({ timeout }, index) => timeoutProblems(`config.validators[${index}]`, timeout, maxAwaited)),
  ]
}

/** Of those whom Sallyport calls. */
function calleeProblems(list: string, callees: readonly { name: string; url: string }[]): readonly string[] {
  const names = callees.map(({ name }) => name)
  return [
    ...names.flatMap((name, index) =>
      names.indexOf(name) === index ? [] : [`${list}[${index}].name is ${name}, as an earlier one`],
    ),
    ...callees.flatMap(({ url }, index) =>
      URL.canParse(url) ? [] : [`${list}[${index}].url is no URL: it looks like https://example.org/path`],
    ),
  ]
}

/** Of two entries for one kind the later would count for nothing. */
function workloadProblems({ workloads }: ConfigFile): readonly string[] {
  const builtIn = [resources.Pod, ...builtInWorkloads].map(groupKind)
  const names = workloads.map(groupKind)
  return names.flatMap((name, index) => {
    if (builtIn.includes(name)) return [`config.workloads[${index}] is ${name}, which is built in: leave it out`]
    return names.indexOf(name) === index ? [] : [`config.workloads[${index}] is ${name}, as an earlier one`]
  })
}

function groupKind(of: { readonly apiVersion: string; readonly kind: string }): string {
  const group = apiGroupOf(of)
  return group === '' ? of.kind : `${of.kind} of ${group}`
}

const everyAddress = ['::', '0.0.0.0']
const dnsName = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/

/** The API server calls one address; it cannot call "every address". */
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
          `config.webhooks.calledHost is missing: the API server calls one address, and webhooks.host ${host} is every one`,
        ]
      : []
  }
  return isOneHost(calledHost)
    ? []
    : [`config.webhooks.calledHost must be one IP address or DNS name, not ${calledHost}`]
}

/** An IPv6 address with a zone (`%eth0`) means something on one machine only, and no URL has it. */
function isOneHost(text: string): boolean {
  if (everyAddress.includes(text) || text.includes('%')) return false
  return isIP(text) !== 0 || dnsName.test(text)
}

// Below, the largest review would have no place; above, the budget would bound nothing.
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
