// A worker with the smallest server that answers a review over TLS. It posts its port once it listens.
import { createServer } from 'node:https'
import { text } from 'node:stream/consumers'
import { parentPort, workerData } from 'node:worker_threads'

/** The settings that the worker is given. */
export interface BareServerData {
  readonly cert: string
  readonly key: string
  /** The answer to every call. If left out, the answer allows the review. */
  readonly body?: string
  /** The address where it listens. If left out, only this machine can reach it. */
  readonly host?: string
}

const { cert, key, body, host = '127.0.0.1' } = workerData as BareServerData

function allowed(review: string): string {
  const { apiVersion, kind, request } = JSON.parse(review) as { apiVersion: string; kind: string; request: Asked }
  return JSON.stringify({ apiVersion, kind, response: { uid: request.uid, allowed: true } })
}

interface Asked {
  readonly uid: string
}

const server = createServer({ cert, key, keepAliveTimeout: 120_000 }, (request, response) => {
  void text(request).then((review) => {
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(body ?? allowed(review))
  })
})
server.listen(0, host, () => {
  const address = server.address()
  parentPort?.postMessage(typeof address === 'object' ? address?.port : undefined)
})
