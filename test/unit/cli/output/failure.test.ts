import { expect, test } from '@jest/globals'
import { Refusal, sentenceOf } from '../../../../src/cli/output/failure.ts'
import { apiErrorOf, KubeApiError } from '../../../../src/cluster/client/api-error.ts'
import { KubeConfigError } from '../../../../src/cluster/kube-config/kube-config-error.ts'

test('a Status message is shown as the API server wrote it, without what a terminal would obey', () => {
  const message = 'admission webhook denied the request: no (E_X). Do:\nkubectl get areq\u001b[2J'

  const error = apiErrorOf('POST /apis', 422, JSON.stringify({ kind: 'Status', message }))

  expect(sentenceOf(error)).toBe('admission webhook denied the request: no (E_X). Do:\nkubectl get areq\\u001b[2J')
})

test.each([
  [
    'no answer',
    new KubeApiError('GET /x: Error', {}, { cause: new Error('connect ECONNREFUSED') }),
    'connect ECONNREFUSED',
  ],
  [
    'no answer of a server',
    new KubeApiError('GET /x: Error', { server: 'https://a' }, { cause: new Error('connect ECONNREFUSED') }),
    'The API server https://a cannot be reached: connect ECONNREFUSED',
  ],
  [
    'no answer in time',
    new KubeApiError(
      'GET /x: Error',
      { server: 'https://a' },
      { cause: Object.assign(new Error('aborted'), { name: 'TimeoutError' }) },
    ),
    'The API server https://a cannot be reached: it did not answer in time',
  ],
  [
    'no answer on either side of an address',
    new KubeApiError('GET /x: Error', {}, { cause: new AggregateError([new Error('a'), new Error('b')]) }),
    'a; b',
  ],
  ['an answer of somebody else', apiErrorOf('GET /x', 502, 'bad gateway'), 'GET /x: 502 bad gateway'],
  ['a login that is over', apiErrorOf('GET /x', 401, '{"message":"Unauthorized"}'), 'You are not logged in: '],
  ['a refusal of our own', new Refusal('Nothing was granted.'), 'Nothing was granted.'],
  ['an error without a text', new TypeError(), 'TypeError'],
])('%s', (_what, error, sentence) => {
  expect(sentenceOf(error)).toContain(sentence)
})

test('who did not get as far as a call is not told of the API server', () => {
  const cause = new KubeConfigError('The login failed')

  expect(sentenceOf(new KubeApiError('GET /x: Error', {}, { cause }))).toBe('The login failed')
})
