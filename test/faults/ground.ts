import { beforeAll } from '@jest/globals'
import { inTheEnd } from '../fixtures/in-the-end.ts'
import { install, type Installation } from '../fixtures/installation.ts'
import { peopleOf, type People } from '../fixtures/people.ts'
import { startReplica, type Replica, type ReplicaOptions } from '../fixtures/replica.ts'
import { startFaultProxy, type FaultProxy } from './proxy.ts'

/**
 * The ground of the suites of faults: Sallyport installed, people who ask and grant, and a proxy before the API server.
 */
export interface Ground {
  readonly installed: Installation
  readonly people: People
  readonly proxy: FaultProxy
  /** Starts a replica behind the proxy. From then on only it serves. It ends with the suite, if not before. */
  serve(options?: Pick<ReplicaOptions, 'imports' | 'env'>): Promise<Replica>
}

/**
 * Lays the ground in a namespace for as long as the suite runs. Call the returned function once the suite has begun.
 * @param configOf fields of the config file
 */
export function faultGround(
  namespace: string,
  configOf: () => Promise<object> = () => Promise.resolve({}),
): () => Ground {
  let ground: Ground | undefined
  const laid = new AsyncDisposableStack()
  const replicas: Replica[] = []
  beforeAll(async () => {
    const installed = laid.use(await install(namespace, await configOf()))
    const people = laid.use(await peopleOf(namespace))
    const proxy = laid.adopt(await startFaultProxy(installed.kubeconfig), (one) => one.close())
    const { config } = installed
    const serve: Ground['serve'] = async (options = {}) => {
      const replica = await startReplica({ config, kubeconfig: proxy.kubeconfig, ...options })
      replicas.push(replica)
      installed.service.endpoints = [replica.port]
      return replica
    }
    ground = { installed, people, proxy, serve }
  })
  inTheEnd(
    () => Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]())),
    () => laid.disposeAsync(),
  )
  return () => {
    if (!ground) throw new Error(`the ground of ${namespace} is not laid`)
    return ground
  }
}
