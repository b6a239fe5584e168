import { join } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import type { ApiProbe } from './api-probe.ts'
import { ownBusybox } from './busybox.ts'
import { startContainerd } from './containerd.ts'
import { waitForDaemon } from './daemon.ts'
import type { Program } from './hyperkube.ts'
import { startKubeProxy } from './kube-proxy.ts'
import { startKubelet } from './kubelet.ts'
import { openNodeSandbox, type NodeSandbox } from './node-sandbox.ts'
import { findNodeTools, type NodeTools } from './node-tools.ts'
import type { Pki } from './pki.ts'
import { together, type Startup } from './startup.ts'
import { writeTestImages } from './test-images.ts'

/** A node that has a sandbox but runs nothing yet. */
export interface OpenNode {
  readonly sandbox: NodeSandbox
  readonly tools: NodeTools
}

/** Opens the node's sandbox, or returns the reason why this machine can have none. */
export async function openNode(startup: Startup): Promise<OpenNode | string> {
  const tools = await findNodeTools(startup.log)
  return typeof tools === 'string' ? tools : { sandbox: await openNodeSandbox(startup), tools }
}

/** The container runtime of a node. */
export interface Runtime {
  readonly socket: string
  /** The image of tasks, by its digest. */
  readonly tools: string
}

/** Starts containerd and loads the images into it. This needs no API server yet. */
export async function startRuntime(startup: Startup, { sandbox, tools }: OpenNode): Promise<Runtime> {
  const [containerd, images] = await together(startup, [
    startContainerd(startup, sandbox, tools),
    ownBusybox(tools.busybox).then((busybox) => writeTestImages(join(startup.dir, 'node'), busybox)),
  ])
  const { pause, busybox, tools: ofTasks, pinnedTools } = images
  await together(
    startup,
    [pause, busybox, ofTasks].map((archive) => containerd.importImage(archive)),
  )
  startup.log('containerd is up and has its images')
  return { socket: containerd.socket, tools: pinnedTools }
}

export interface Joining {
  readonly sandbox: NodeSandbox
  readonly pki: Pki
  readonly program: (name: Program) => string
  readonly containerdSocket: string
  readonly probe: ApiProbe
}

/** Starts the kubelet and kube-proxy and waits until the node takes pods. */
export async function joinNode(startup: Startup, joining: Joining): Promise<void> {
  const { sandbox, pki, program, containerdSocket, probe } = joining
  const kubelet = startKubelet(startup, { command: program('kubelet'), sandbox, pki, containerdSocket })
  const kubeProxy = startKubeProxy(startup, sandbox, program('kube-proxy'))
  const path = `/api/v1/nodes/${sandbox.network.nodeName}`
  await waitForDaemon(startup, { name: 'kubelet', daemon: kubelet, ready: async () => isReady(await probe.get(path)) })
  await waitForDaemon(startup, { name: 'kube-proxy', daemon: kubeProxy, ready: () => true })
  startup.log('node is ready')
}

const nodeObject = Type.Object({
  spec: Type.Object({ taints: Type.Optional(Type.Array(Type.Unknown())) }),
  status: Type.Object({
    conditions: Type.Optional(Type.Array(Type.Object({ type: Type.String(), status: Type.String() }))),
  }),
})

/** True if the node reports Ready, and the controller manager has removed its taint for nodes that are not ready. */
function isReady(answer: unknown): boolean {
  if (!Value.Check(nodeObject, answer)) return false
  const { spec, status } = answer
  const saysReady = status.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') ?? false
  return saysReady && (spec.taints ?? []).length === 0
}
