import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { exampleFacts, type ExpressionFacts } from '../../../src/decision/challenge/expression-facts.ts'
import type { Answer } from '../../../src/decision/challenge/judge.ts'
import { createEvaluator, type Evaluator } from '../../../src/expression/evaluator.ts'

// An expression that ends must have time to end on a busy machine, too. A hostile one never ends.
const generousMs = 10_000

let evaluator: Evaluator
beforeAll(() => {
  evaluator = createEvaluator({ limitMs: generousMs })
})
afterAll(() => {
  evaluator.close()
})

const evaluate = (source: string, facts: ExpressionFacts = exampleFacts): Promise<Answer> =>
  evaluator.evaluate(source, facts)

describe('true of a request for an hour by alice of dev, of pod web-0, on a Monday at noon, is', () => {
  test.each([
    "request.duration <= duration('1h')",
    "request.duration < duration('61m') && request.duration == duration('60m')",
    "request.attributes.ticket == 'OPS-42' && request.attributes['ticket'].startsWith('OPS-')",
    "!has(request.attributes.emergency) && has(request.startAt) && request.startAt == timestamp('2026-01-05T12:00:00Z')",
    "request.reason.matches('^OPS-[0-9]+$')",
    "request.exec.command == ['id'] && !request.exec.tty",
    "requestor.groups.exists(group, group == 'dev') && requestor.username in ['alice', 'bob']",
    "requestor.extra.scopes[0] == 'read'",
    "template.labels.team == request.namespace && template.kind == 'AccessTemplate'",
    "target.labels.app == 'web' && target.image.startsWith('shop/') && target.serviceAccount == 'default'",
    "now.getHours('Europe/Berlin') == 13 && now.getDayOfWeek() == 1 && now >= timestamp('2026-01-05T00:00:00Z')",
    'size(request.exec.subresources) + 1 == 2',
    "request.once ? false : {'a': 1}.a == 1",
  ])('%s', async (source) => {
    expect(await evaluator.problemWith(source)).toBeUndefined()
    expect(await evaluate(source)).toEqual({ outcome: 'yes' })
  })
})

test('an expression that is false says no', async () => {
  expect(await evaluate("request.duration < duration('1h')")).toEqual({ outcome: 'no' })
})

describe('no answer is given, which denies, where', () => {
  test.each<[string, string, ExpressionFacts, string]>([
    [
      'a field is absent that was not asked for with has()',
      "request.attributes.emergency == 'yes'",
      exampleFacts,
      'field not found: emergency',
    ],
    ['there is no pod', "target.labels.app == 'web'", { ...exampleFacts, target: {} }, 'field not found: labels'],
    ['it gives no boolean', 'request.once ? true : 5', exampleFacts, 'it gives a number, and must give true or false'],
    ['it divides by zero', '1 / size(request.attributes) == 1', noAttributes(), 'divide by zero'],
    ['it does not compile', 'request.nothing', exampleFacts, 'has no field nothing'],
    [
      'a text grows beyond bounds',
      "['x'].all(a, [a+a+a+a+a+a+a+a].all(b, [b+b+b+b+b+b+b+b].all(c, [c+c+c+c+c+c+c+c].all(d, [d+d+d+d+d+d+d+d].all(e, [e+e+e+e+e+e+e+e].all(f, (f+f+f+f).size() > 0))))))",
      exampleFacts,
      'a text becomes longer than 65536 characters',
    ],
    [
      'there is too much to look at',
      'true',
      { ...exampleFacts, target: { labels: { a: 'x'.repeat(131_072) } } },
      'request and labels are too large for an expression',
    ],
  ])('%s', async (_title, source, facts, why) => {
    expect(await evaluate(source, facts)).toEqual({ outcome: 'failed', why: expect.stringContaining(why) })
  })
})

function noAttributes(): ExpressionFacts {
  return { ...exampleFacts, request: { ...exampleFacts.request, attributes: {} } }
}

describe('a template’s author is told', () => {
  test.each<[string, string]>([
    ['request.duration <= ', 'line 1, column 18: found < where it does not belong'],
    ['true &&\n  )', 'line 1, column 6: found & where it does not belong'],
    ['', 'found end of input where it does not belong'],
    [
      'true && requester.username == "a"',
      'line 1, column 9: unknown variable requester; the variables are request, requestor',
    ],
    ['true || request.pod == "a"', 'line 1, column 16: request has no field pod; it has name, namespace'],
    ['true ||\n  request.reason.size == 1', 'line 2, column 17: request.reason has no fields'],
    ['false && now.size == 1', 'column 13: now has no fields'],
    ['true || lookup(request.name)', 'line 1, column 9: unknown function lookup'],
    ['[1].exists(x, y == x)', 'line 1, column 15: unknown variable y'],
    ['constructor == 1', 'unknown variable constructor'],
    ['request.constructor == 1', 'request has no field constructor'],
    ['request.attributes.constructor == "a" || hasOwnProperty("x")', 'unknown function hasOwnProperty'],
    ['google.protobuf.Duration{seconds: 1} == request.duration', 'unknown type google.protobuf.Duration'],
    ['now > 5', "line 1, column 5: found no matching overload for '_>_'"],
    ['request.reason', 'it gives a string, and must give true or false'],
    ['size(request.reason)', 'it gives a number, and must give true or false'],
    [`${'('.repeat(61)}true${')'.repeat(61)}`, 'its brackets are nested deeper than 60 levels'],
    [`"${')'.repeat(70)}" == "" || ${'('.repeat(61)}true${')'.repeat(61)}`, 'deeper than 60 levels'],
    ['x'.repeat(2_049), 'it is longer than 2048 characters'],
  ])('%s', async (source, problem) => {
    expect(await evaluator.problemWith(source)).toContain(problem)
  })

  test('nothing of brackets in strings, and of a macro’s own variable', async () => {
    expect(await evaluator.problemWith(`"${'('.repeat(100)}" != '${'['.repeat(100)}'`)).toBeUndefined()
    expect(await evaluator.problemWith('[1].all(request, request > 0)')).toBeUndefined()
  })
})

test('a key that JavaScript or CEL could take for something else is just a key', async () => {
  const attributes = JSON.parse('{"__proto__": "a", "$typeName": "google.protobuf.Any"}') as Record<string, string>
  const facts = { ...exampleFacts, request: { ...exampleFacts.request, attributes } }

  expect(await evaluate("request.attributes['__proto__'] == 'a' && size(request.attributes) == 2", facts)).toEqual({
    outcome: 'yes',
  })
  expect(await evaluate("has(request.attributes.toString) || 'constructor' in request.attributes", facts)).toEqual({
    outcome: 'no',
  })
})

const groups = Array.from({ length: 256 }, (_, index) => `group-${index}`)
const crowded: ExpressionFacts = { ...exampleFacts, requestor: { ...exampleFacts.requestor, groups } }

function doubled(times: number, first: string, last: string): string {
  const levels = Array.from({ length: times }, (_, index) => `[x${index}+x${index}].exists(x${index + 1}, `)
  return `[${first}].exists(x0, ${levels.join('')}${last}${')'.repeat(times + 1)}`
}
function nested(macro: string, times: number, last: string): string {
  const levels = Array.from({ length: times }, (_, index) => `requestor.groups.${macro}(x${index}, `)
  return `${levels.join('')}${last}${')'.repeat(times)}`
}

describe('a hostile expression is killed and denies, and those who wait behind it are answered:', () => {
  test.each<[string, string]>([
    ['loops in loops', nested('all', 6, 'x0 != "" || x5 != ""')],
    ['lists of lists of lists', `size(${nested('map', 5, '[x0, x1, x2, x3, x4]')}) > 0`],
    ['a list doubled again and again', doubled(25, 'requestor.groups', 'x25.exists(x, x == "")')],
  ])('%s', async (_title, source) => {
    const strict = createEvaluator({ limitMs: 50 })
    const patient = createEvaluator({ limitMs: 500 })
    try {
      const [hostile, next] = await Promise.all([strict.evaluate(source, crowded), strict.evaluate('true', crowded)])
      expect(hostile).toEqual({ outcome: 'failed', why: 'it computed for longer than 50 ms, or took too much memory' })
      expect(next).toEqual({ outcome: 'yes' })

      // Given enough time to fill its memory, it ends its own process, and not this one.
      const [filled, later] = await Promise.all([patient.evaluate(source, crowded), patient.evaluate('true', crowded)])
      expect(filled).toMatchObject({ outcome: 'failed' })
      expect(later).toEqual({ outcome: 'yes' })
    } finally {
      strict.close()
      patient.close()
    }
  })

  test.each<[string, string]>([
    ['a pattern that makes other engines hang', `requestor.groups.all(x, x.matches('^(([a-z]+)+-)+([0-9]+)+$'))`],
    ['thousands of negations', `${'!'.repeat(2_000)}true`],
    ['a thousand additions', `1${'+1'.repeat(1_000)} == 1001`],
    ['hundreds of alternatives', `true${'||true'.repeat(300)}`],
  ])('while %s is answered', async (_title, source) => {
    expect(await evaluate(source, crowded)).toEqual({ outcome: 'yes' })
  })
})

test('the caller goes on meanwhile', async () => {
  const strict = createEvaluator({ limitMs: 50 })
  await strict.evaluate('true', exampleFacts)
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()

  const hostile = [1, 2, 3].map(() => strict.evaluate(nested('all', 6, 'x0 != "" || x5 != ""'), crowded))
  const answers = await Promise.all(hostile)

  delay.disable()
  strict.close()
  expect(answers.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'failed'])
  expect(delay.percentile(50) / 1e6).toBeLessThan(50)
})

test('a queue that is full turns away, and answers those in it', async () => {
  const small = createEvaluator({ limitMs: generousMs, maxWaiting: 2 })

  const answers = await Promise.all([1, 2, 3].map(() => small.evaluate('true', exampleFacts)))

  small.close()
  expect(answers).toEqual([
    { outcome: 'yes' },
    { outcome: 'yes' },
    { outcome: 'failed', why: 'too many expressions wait for their turn', passing: true },
  ])
})

test('after it was closed nothing is answered', async () => {
  const closed = createEvaluator({ limitMs: generousMs })
  const pending = closed.evaluate('true', exampleFacts)
  closed.close()

  expect(await pending).toMatchObject({ outcome: 'failed' })
  expect(await closed.evaluate('true', exampleFacts)).toEqual({
    outcome: 'failed',
    why: 'Sallyport is being shut down',
    passing: true,
  })
})
