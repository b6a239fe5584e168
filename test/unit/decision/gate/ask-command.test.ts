import { describe, expect, test } from '@jest/globals'
import { maxArguments } from '../../../../src/api/kinds/exec-access.ts'
import { howToAsk } from '../../../../src/decision/gate/ask-command.ts'
import type { Exec, PodEntry } from '../../../../src/decision/gate/entry.ts'

const place = { namespace: 'shop', name: 'web-0' }
const session = { container: 'app', stdin: false, tty: false }
const entry = (changes: Partial<Exec> = {}): Exec => ({
  ...{ way: 'pods/exec', ...place, ...session },
  ...{ command: ['id'] },
  ...changes,
})
const asking = 'kubectl access request exec web-0 -n shop'
const anyCommand = 'This command cannot be asked for word by word. Ask for any command:\n'

describe('the user is told how to ask for what they tried', () => {
  test.each<[string, PodEntry, string]>([
    [
      'with its words',
      entry({ command: ['sh', '-c', 'echo "$0"'] }),
      `Ask for it:\n${asking} -c app -- sh -c 'echo "$0"'`,
    ],
    [
      'with input and a terminal',
      entry({ stdin: true, tty: true }),
      `Ask for it:\n${asking} -c app --stdin --tty -- id`,
    ],
    [
      'with as many words as a request holds',
      entry({ command: words(maxArguments) }),
      `Ask for it:\n${asking} -c app -- ${words(maxArguments).join(' ')}`,
    ],
    [
      'for any command, where there are more words',
      entry({ command: words(maxArguments + 1) }),
      `${anyCommand}${asking} -c app`,
    ],
    [
      'for any command, where it is not safe to paste',
      entry({ command: ['echo', '\u001b[2J'] }),
      `${anyCommand}${asking} -c app`,
    ],
    ['for any command, where there is none', entry({ command: [] }), `${anyCommand}${asking} -c app`],
    [
      'without a command, for a port-forward',
      { way: 'pods/portforward', ...place },
      `Ask for it:\n${asking} --subresource portforward`,
    ],
    [
      'without a command, to attach',
      { way: 'pods/attach', ...place, ...session, stdin: true },
      `Ask for it:\n${asking} -c app --stdin --subresource attach`,
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
    expect(howToAsk(entry({ container }))).toBe(`Ask for it:\n${asking} -- id`)
  })
})

function words(count: number): string[] {
  return Array.from({ length: count }, () => 'x')
}
