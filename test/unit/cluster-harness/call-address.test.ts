import { describe, expect, test } from '@jest/globals'
import { callAddress, hostInAnswer, namedCallAddress } from '../../cluster/call-address.ts'

const own = ['127.0.0.1', '192.168.1.5', '172.18.0.1']
const desktop = '192.168.65.254'

describe('where the API server calls this machine, and where the gate listens for that', () => {
  test.each([
    [
      'in a container on Linux: the gateway',
      { server: '127.0.0.1', fromContainer: '172.18.0.1' },
      '172.18.0.1',
      '172.18.0.1',
    ],
    ['in a container of Docker Desktop', { server: '127.0.0.1', fromContainer: desktop }, desktop, '127.0.0.1'],
    ['a process here, at loopback', { server: '127.0.0.1' }, '127.0.0.1', '127.0.0.1'],
    ['a process here, at another address', { server: '192.168.1.5' }, '127.0.0.1', '127.0.0.1'],
    ['on another machine', { server: '203.0.113.9' }, '192.168.1.5', '192.168.1.5'],
  ])('%s', (_where, surroundings, calledHost, listenHost) => {
    expect(callAddress({ own, ourEnd: '192.168.1.5', ...surroundings })).toMatchObject({ calledHost, listenHost })
  })

  test.each([
    ['172.18.0.1', '172.18.0.1', '172.18.0.1', undefined],
    ['gate.example:8443', 'gate.example', '::', 8443],
    ['198.51.100.7', '198.51.100.7', '::', undefined],
    ['2001:db8::7', '2001:db8::7', '::', undefined],
    ['[2001:db8::7]:9443', '2001:db8::7', '::', 9443],
  ])('named as %s', (text, calledHost, listenHost, port) => {
    expect(namedCallAddress(text, own)).toEqual({
      ...{ calledHost, listenHost, because: 'it was named' },
      ...(port !== undefined && { port }),
    })
  })

  test.each(['https://gate.example', 'gate.example:0', 'gate.example:99999', '', 'a b', 'gate.example/x'])(
    '%s is refused',
    (text) => {
      expect(() => namedCallAddress(text, own)).toThrow('is not an address to call: it looks like gate.example,')
    },
  )
})

const route = 'default via 172.18.0.1 dev eth0 \n'

test.each([
  ['Docker on Linux knows no such name', route, '172.18.0.1'],
  ['Docker Desktop', `${desktop}  STREAM host.docker.internal\n${desktop}  DGRAM  \n${route}`, desktop],
  ['a name that leads to the container itself', `127.0.0.1       STREAM host.docker.internal\n${route}`, '172.18.0.1'],
  ['nothing is known', '', undefined],
])('what a container answers: %s', (_where, answer, host) => {
  expect(hostInAnswer(answer)).toBe(host)
})
