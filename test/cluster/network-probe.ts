import { connect } from 'node:net'
import { request } from 'undici'

const ok = 200

/** True if a URL answers 200 without any credentials. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await request(url)
    await response.body.dump()
    return response.statusCode === ok
  } catch {
    return false
  }
}

/** True if a process accepts connections on that port of 127.0.0.1, or on that Unix socket. */
export function listens(target: number | string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = typeof target === 'string' ? connect(target) : connect(target, '127.0.0.1')
  const done = (isListening: boolean) => () => {
    socket.destroy()
    resolve(isListening)
  }
  socket.on('connect', done(true)).on('error', done(false))
  return promise
}
