import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createLog, openStdout } from './observe/log.ts'
import { followConfig } from './config/follow-config.ts'
import { startController, type Controller } from './controller-restarts.ts'
import type { MeasuredMetrics } from './observe/metrics.ts'
import type { Lifecycle } from './server/lifecycle.ts'
import { startGate } from './start-gate.ts'

const usage = `Usage: ${process.execPath} ${process.argv[1] ?? ''} --config FILE [--kubeconfig FILE]`

const stdout = openStdout()
const log = createLog(stdout)

/**
 * Runs a replica until SIGTERM or SIGINT, then drains. A second signal ends it at once. The gate has this thread to
 * itself, and the controller has another.
 * @throws Error if the config file is wrong; if the controller ended by itself, once the gate has drained
 */
async function run(configFile: string, kubeconfig: string | undefined): Promise<void> {
  const stop = new AbortController()
  const stopped = onSignal(stop)
  const config = followConfig(configFile, { log, signal: stop.signal })
  const lifecycle: Lifecycle = { phase: 'starting' }
  const started = Promise.withResolvers<Controller>()
  const measureController = async (): Promise<MeasuredMetrics> => (await started.promise).measure()
  const gate = await startGate(config, { kubeconfig, log, lifecycle, measureController, signal: stop.signal })
  lifecycle.phase = 'serving'
  log.info({ port: gate.port, healthPort: gate.healthPort, enforcement: config.now().enforcement }, 'serving')
  // The controller starts only now: to load it takes as much time as to load the gate.
  const controller = startController(
    { config: config.now(), kubeconfig, port: gate.port },
    {
      onLine: (line) => {
        stdout.write(line)
      },
      onPaths: gate.expectPaths,
    },
  )
  started.resolve(controller)
  config.onChange((changed) => {
    controller.restart(changed)
  })

  // Without its controller a replica would look well and grant nothing. It ends, and is started anew.
  const died = await Promise.race([stopped, controller.ended])
  if (died) log.error({ err: died }, 'the controller ended')
  lifecycle.phase = 'draining'
  const { drainDelayMs } = config.now()
  log.info({ forMs: drainDelayMs }, 'draining')
  controller.stop()
  await sleep(drainDelayMs)
  lifecycle.phase = 'closing'
  await gate.close()
  const failed = await controller.ended
  if (failed) throw failed
  log.info('stopped')
}

function onSignal(stop: AbortController): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (stop.signal.aborted) process.exit(1) // A second signal ends it now.
        stop.abort()
        resolve(undefined)
      })
    }
  })
}

const unreadLinesMs = 1_000

try {
  const { values } = parseArgs({ options: { config: { type: 'string' }, kubeconfig: { type: 'string' } } })
  if (values.config === undefined) throw new Error(usage)
  await run(values.config, values.kubeconfig)
  // The process ends by itself, unless there are lines that nobody reads.
  setTimeout(() => process.exit(0), unreadLinesMs).unref()
} catch (error) {
  log.fatal({ err: error }, 'not running')
  process.exit(1)
}
