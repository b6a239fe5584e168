import type { ExitCode } from '../output/exit-code.ts'
import { enterPod } from './enter-pod.ts'
import { isTypeOf } from './place.ts'
import type { PortForwardOptions } from './port-forward-verb.ts'

/** `port-forward`: forwards ports to a pod, and asks for access first if that is needed. */
export function portForward({ ports, address, ...options }: PortForwardOptions): Promise<ExitCode> {
  const { type, text } = options.place
  // kubectl translates the ports of a Service. So it must choose the pod, by the same rule as we do.
  const service = type !== undefined && (type === 'svc' || isTypeOf(type, 'Service')) ? text : undefined
  return enterPod(options, {
    asks: [{ subresources: ['portforward'] }],
    kubectl: ({ pod }) => [
      'port-forward',
      service ?? (pod.includes('/') ? pod : `pod/${pod}`),
      ...ports,
      ...(address === undefined ? [] : [`--address=${address}`]),
    ],
    readsStdin: false,
  })
}
