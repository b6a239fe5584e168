import { Worker } from 'node:worker_threads'
import type { Match } from './api/review/match.ts'
import type { ControllerStart, FromController, ToController } from './controller-messages.ts'
import type { MeasuredMetrics } from './observe/metrics.ts'
import { ownProgram } from './own-program.ts'

/**
 * The controller's thread. It is a thread of its own, so that the gate answers whatever the controller does. The two
 * share only messages.
 *
 * A thread takes some 100 MB where a process takes 150. If the process ends or is stopped, both threads are: neither
 * half of a replica goes on without the other. An error or a full heap ends the thread, and then the gate drains.
 */
export interface ControllerThread {
  /** Makes the controller give back the lease and end. */
  stop(): void
  /** Returns the controller's metrics, or none if it does not tell them in time. */
  measure(): Promise<MeasuredMetrics>
  /** Resolves once the thread has ended. The error says why, if nobody had asked it to end. */
  readonly ended: Promise<Error | undefined>
}

// Prometheus waits for ten seconds.
const measureMs = 2_000
// The controller yields after each key. One that is silent for so long has lost its lease, and will hardly ever answer
// again.
const pingMs = 10_000
const maxUnanswered = 3

export interface ThreadListeners {
  /** Is handed each line of its log, whole and in order. */
  readonly onLine: (line: string) => void
  /** Is told the paths that the controller is about to write into the webhook configuration of this type. */
  readonly onPaths: (type: Match['type'], paths: readonly string[]) => void
  /** Is handed the thread's metrics at its end in order. */
  readonly onCounts: (metrics: MeasuredMetrics) => void
}

export function startControllerThread(start: ControllerStart, listeners: ThreadListeners): ControllerThread {
  const worker = new Worker(ownProgram, { workerData: start })
  const send = (message: ToController): void => {
    worker.postMessage(message)
  }
  const questions = createQuestions(send)
  let isStopping = false
  let error: Error | undefined
  const heartbeat = startHeartbeat(send, (silence) => {
    error = silence
    void worker.terminate()
  })

  worker.on('message', (message: FromController) => {
    switch (message.say) {
      case 'line':
        listeners.onLine(message.line)
        break
      case 'pong':
        heartbeat.answered()
        break
      case 'paths':
        listeners.onPaths(message.type, message.paths)
        break
      case 'measured':
        questions.answered(message.id, message.metrics)
        break
      case 'counted':
        listeners.onCounts(message.metrics)
        break
    }
  })
  worker.on('error', (thrown) => {
    error = thrown instanceof Error ? thrown : new Error(String(thrown))
  })

  return {
    stop() {
      isStopping = true
      send({ say: 'stop' })
    },
    measure: () => questions.ask(),
    ended: new Promise((resolve) => {
      worker.on('exit', (code) => {
        heartbeat.stop()
        const isOrderly = isStopping && code === 0 && error === undefined
        resolve(isOrderly ? undefined : (error ?? new Error(`it ended with code ${code}`)))
      })
    }),
  }
}

type Send = (message: ToController) => void

/** Asks the thread for its metrics. */
function createQuestions(send: Send): {
  /** Resolves to no metrics if the thread does not tell them in time. */
  ask(): Promise<MeasuredMetrics>
  answered(id: number, metrics: MeasuredMetrics): void
} {
  const waiting = new Map<number, (metrics: MeasuredMetrics) => void>()
  let asked = 0
  return {
    async ask() {
      const id = ++asked
      const { promise, resolve } = Promise.withResolvers<MeasuredMetrics>()
      const timer = setTimeout(resolve, measureMs, [])
      waiting.set(id, resolve)
      send({ say: 'measure', id })
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        waiting.delete(id)
      }
    },
    answered(id, metrics) {
      waiting.get(id)?.(metrics)
    },
  }
}

/**
 * Asks the thread again and again whether it still answers.
 * @param onSilence is told why, if it has not answered for too long
 */
function startHeartbeat(send: Send, onSilence: (why: Error) => void): { answered(): void; stop(): void } {
  let unanswered = 0
  // The pings are counted and not timed: a process that was stopped and goes on has missed nothing.
  const timer = setInterval(() => {
    if (unanswered >= maxUnanswered) {
      onSilence(new Error(`it has answered nothing for ${(maxUnanswered * pingMs) / 1_000} s`))
    }
    unanswered++
    send({ say: 'ping' })
  }, pingMs)
  return {
    answered() {
      unanswered = 0
    },
    stop() {
      clearInterval(timer)
    },
  }
}
