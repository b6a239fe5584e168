import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { ConfigFile } from './api/config.ts'
import { parseDuration, type Milliseconds } from './api/duration.ts'
import type { Subject } from './api/subject.ts'
import { defaultingValidator } from './api/validator.ts'

/** The config as the parts are handed it: complete and frozen. */
export type Config = Readonly<Omit<ConfigFile, 'drainDelay' | 'requests'>> & {
  readonly drainDelayMs: Milliseconds
  readonly requests: { readonly pendingTimeoutMs: Milliseconds; readonly retentionMs: Milliseconds }
}

/** A config that cannot be used; the message names file, field and remedy. */
class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const validate = defaultingValidator(ConfigFile, 'config')

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
  const result = validate(parseYaml(text, origin))
  const problems = result.ok ? subjectProblems(result.value) : result.problems
  if (!result.ok || problems.length > 0) {
    throw new ConfigError(problems.map((problem) => `${origin}: ${problem}`).join('\n'))
  }
  const { drainDelay, requests, ...config } = result.value
  return deepFreeze({
    ...config,
    drainDelayMs: parseDuration(drainDelay) ?? 0,
    requests: {
      pendingTimeoutMs: parseDuration(requests.pendingTimeout) ?? 0,
      retentionMs: parseDuration(requests.retention) ?? 0,
    },
  })
}

function parseYaml(text: string, origin: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    throw new ConfigError(`${origin} is no YAML: ${String(error)}`)
  }
}

/** What the schema cannot say: a namespace belongs to a ServiceAccount, and to nothing else. */
function subjectProblems({ exemptions, shell }: ConfigFile): readonly string[] {
  return [
    ...exemptions.flatMap(({ subjects }, index) => problemsOf(`config.exemptions[${index}].subjects`, subjects)),
    ...problemsOf('config.shell.privilegedAuthors', shell.privilegedAuthors),
  ]
}

function problemsOf(list: string, subjects: readonly Subject[]): readonly string[] {
  return subjects.flatMap(({ kind, namespace }, position) => {
    if ((kind === 'ServiceAccount') === (namespace !== undefined)) return []
    const field = `${list}[${position}].namespace`
    return [kind === 'ServiceAccount' ? `${field} is missing` : `${field} is for a ServiceAccount alone, not a ${kind}`]
  })
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}
