import { describe, expect, test } from '@jest/globals'
import { maxArguments } from '../../../../src/api/kinds/access/exec-access.ts'
import { howToAsk, howToForward } from '../../../../src/decision/gate/ask-command.ts'
import type { Exec, PodEntry } from '../../../../src/decision/gate/entry.ts'

const place = { namespace: 'shop', name: 'web-0' }
const session = { container: 'app', stdin: false, tty: false }
const entry = (changes: Partial<Exec> = {}): Exec => ({
  ...{ way: 'pods/exec', ...place, ...session },
  ...{ command: ['id'] },
  ...changes,
})
const entering = 'Ask, and go in:\nkubectl access exec web-0 -n shop'
const asking = 'kubectl access request exec web-0 -n shop'
const first = `Ask for it, and then try again:\n${asking}`
const anyCommand = `This command cannot be asked for word by word. Ask for any command, and then try again:\n${asking}`

describe('the user is told how to ask for what they tried', () => {
  test.each<[string, PodEntry, string]>([
    ['with its words', entry({ command: ['sh', '-c', 'echo "$0"'] }), `${entering} -c app -- sh -c 'echo "$0"'`],
    ['with input and a terminal', entry({ stdin: true, tty: true }), `${entering} -c app -i -t -- id`],
    ['with a terminal', entry({ tty: true }), `${entering} -c app -t -- id`],
    [
      'before they pipe into it again',
      entry({ command: ['tar', '-xmf', '-', '-C', '/www'], stdin: true }),
      `${first} -c app -i -- tar -xmf - -C /www`,
    ],
    [
      'before they copy out of the pod again',
      entry({ command: ['tar', 'cf', '-', '/www'] }),
      `${first} -c app -- tar cf - /www`,
    ],
    [
      'with as many words as a request holds',
      entry({ command: words(maxArguments) }),
      `${entering} -c app -- ${words(maxArguments).join(' ')}`,
    ],
    [
      'for any command, where there are more words',
      entry({ command: words(maxArguments + 1) }),
      `${anyCommand} -c app`,
    ],
    [
      'for any command, where it is not safe to paste',
      entry({ command: ['echo', '\u001b[2J'] }),
      `${anyCommand} -c app`,
    ],
    ['for any command, where there is none', entry({ command: [] }), `${anyCommand} -c app`],
    [
      'without a command, for a port-forward',
      { way: 'pods/portforward', ...place },
      `${first} --subresource portforward`,
    ],
    [
      'without a command, to attach',
      { way: 'pods/attach', ...place, ...session, stdin: true },
      `${first} -c app -i --subresource attach`,
    ],
    [
      'under a template, for a debug container',
      { way: 'pods/ephemeralcontainers', ...place, object: {}, oldObject: {} },
      "A debug container needs a template that offers it, or an exemption in Sallyport's config. See the templates:\nkubectl access templates -n shop",
    ],
    ['not at all, for a name that no pod has', entry({ name: 'a\nb' }), 'No pod can have such a name.'],
  ])('%s', (_title, tried, told) => {
    expect(howToAsk(tried)).toBe(told)
  })

  test.each(['', 'no/name', 'a'.repeat(64)])('without a container that no pod has: %p', (container) => {
    expect(howToAsk(entry({ container }))).toBe(`${entering} -- id`)
  })
})

describe('after the one use, it is for one use again', () => {
  test.each<[PodEntry, string]>([
    [entry(), `${entering} -c app --once -- id`],
    [entry({ command: [] }), `${anyCommand} -c app --once`],
    [{ way: 'pods/attach', ...place, ...session }, `${first} -c app --once --subresource attach`],
    [{ way: 'pods/portforward', ...place }, `${first} --once --subresource portforward`],
  ])('%j', (tried, told) => {
    expect(howToAsk(tried, { once: true })).toBe(told)
  })
})

describe('a port of a pod is reached by a port-forward', () => {
  test.each([
    ['8080', 'Ask, and go in:\nkubectl access port-forward web-0 -n shop :8080'],
    ['http', 'Ask, and go in:\nkubectl access port-forward web-0 -n shop :http'],
    ['', `${first} --subresource portforward`],
    ['no port', `${first} --subresource portforward`],
  ])('%j', (port, told) => {
    expect(howToForward('shop', { name: 'web-0', port })).toBe(told)
  })

  test('but not of a name that no pod has', () => {
    expect(howToForward('shop', { name: 'a\nb', port: '80' })).toBe('No pod can have such a name.')
  })
})

function words(count: number): string[] {
  return Array.from({ length: count }, () => 'x')
}
