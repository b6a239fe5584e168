import { isDeepStrictEqual } from 'node:util'
import { watchFiles, type FileResult } from '../../certs/watch-files.ts'
import type { ConfigFile } from '../api/config/config.ts'
import type { Instant } from '../api/duration.ts'
import { installation } from '../api/installation.ts'
import { canonicalDigest } from '../decision/canonical-json.ts'
import { changeOf } from './config-change.ts'
import { configOf, readConfigFile, type Config } from './config.ts'

/** The config of a replica that follows its file. */
export interface FollowedConfig {
  /** Returns the config in force. It is whole and frozen: read it once for each piece of work. */
  now(): Config
  /** Calls back whenever another config is in force. */
  onChange(listener: (config: Config) => void): void
  /** Returns the state of the config for the metrics. */
  state(): ConfigState
}

interface ConfigState {
  /** False while the file holds something that was not taken over, because it is wrong. */
  readonly isFileRight: boolean
  /** The time at which the file was last read and right. */
  readonly loadedAt: Instant
  /** The SHA-256 of the config in force. Replicas with equal hashes decide by the same config. */
  readonly hash: string
  /** The fields of the file that wait for a restart. */
  readonly waiting: readonly string[]
}

interface FollowOptions {
  readonly log: ConfigLog
  /** Ends the watch of the file. */
  readonly signal: AbortSignal
}

/** The log of the config. The fields are for a structured log. */
interface ConfigLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** The command that restarts the replicas. */
export const restartCommand = `kubectl -n ${installation.namespace} rollout restart deployment/${installation.name}`

/**
 * Reads the config file, and follows it. Wrong content is told, and the config before stays in force.
 * @throws ConfigError if the file is wrong at the start
 */
export function followConfig(file: string, { log, signal }: FollowOptions): FollowedConfig {
  let inForce = readConfigFile(file)
  let config = configOf(inForce)
  let state: ConfigState = { isFileRight: true, loadedAt: Date.now(), hash: canonicalDigest(inForce), waiting: [] }
  const listeners: ((config: Config) => void)[] = []

  function takeOver(wanted: ConfigFile): void {
    const { next, changed, waiting } = changeOf(inForce, wanted)
    state = { isFileRight: true, loadedAt: Date.now(), hash: canonicalDigest(next), waiting }
    if (waiting.length > 0) {
      log.warn({ fields: waiting, command: restartCommand }, 'config changed; these fields need a restart')
    }
    if (changed.length > 0) {
      inForce = next
      config = configOf(next)
      for (const listener of listeners) listener(config)
    }
    log.info({ hash: state.hash, changed }, 'config reloaded')
  }

  const watched = {
    files: [file],
    read: () => attempt(() => readConfigFile(file)),
    isSame: isDeepStrictEqual,
    onChange: takeOver,
    onProblem: (problem: string) => {
      state = { ...state, isFileRight: false }
      log.error({ problem }, 'config not reloaded; the one before stays')
    },
  }
  watchFiles<ConfigFile>(watched, inForce, signal)
  return { now: () => config, onChange: (listener) => listeners.push(listener), state: () => state }
}

function attempt<T>(read: () => T): FileResult<T> {
  try {
    return { ok: true, value: read() }
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) }
  }
}
