import { expect, test } from '@jest/globals'
import { clientConfigAt, type CalledAt } from '../../../src/install/client-config.ts'

const listening = { calledAt: 'Address', host: '127.0.0.1', port: 8443 } as const

test.each<[url: string, at: CalledAt]>([
  ['https://127.0.0.1:8443/gate', listening],
  ['https://192.168.65.254:8443/gate', { ...listening, calledHost: '192.168.65.254' }],
  ['https://gate.example:443/gate', { ...listening, calledHost: 'gate.example', calledPort: 443 }],
  ['https://[2001:db8::7]:8443/gate', { ...listening, calledHost: '2001:db8::7' }],
])('the API server calls %s', (url, at) => {
  expect(clientConfigAt(at, 'Q0E=')('/gate')).toEqual({ url, caBundle: 'Q0E=' })
})

test('in a cluster it calls the Service', () => {
  expect(clientConfigAt({ calledAt: 'Service' })('/gate')).toEqual({
    service: { namespace: 'sallyport-system', name: 'sallyport', path: '/gate', port: 443 },
  })
})
