import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { questionOfChallenge, type ValidatorQuestion } from '../../../src/decision/admission/validator-questions.ts'
import { createValidators, type Validators } from '../../../src/validation/validators.ts'
import type { ValidatorConfig } from '../../../src/api/config/validator-config.ts'
import { aRequest, pending } from '../../fixtures/example-access.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'
import { startValidatorServer, type ValidatorServer, withoutAnswer } from '../../fixtures/validator-server.ts'

const folder = temporaryFolder()
const asked = questionOfChallenge(pending(aRequest({ attributes: { ticket: 'OPS-42' } })))
const signal = new AbortController().signal

let server: ValidatorServer
let validators: Validators
const outcomes: string[] = []
const failures: { readonly validator: string; readonly id: string }[] = []
let count = 0

function question(): ValidatorQuestion {
  if (!asked) throw new Error('there is nobody who asks')
  return asked
}

const ask = (name = 'tickets', by = signal) => validators.named(name)?.ask(question(), `id-${count++}`, by)

beforeAll(async () => {
  server = await startValidatorServer(folder, 'tickets')
  const { secretFiles, ...config } = server.config
  const one: ValidatorConfig = {
    ...{ name: 'tickets', on: ['Request', 'Grant'], timeout: '2s' },
    ...{ ...config, secretFiles: [...secretFiles] },
  }
  validators = createValidators(
    [
      one,
      { ...one, name: 'grants', on: ['Grant'], namespaces: ['shop'] },
      { ...one, name: 'hasty', on: [], timeout: '300.5ms' },
      { ...one, name: 'rotates', secretFiles: [join(folder, 'new'), ...secretFiles] },
      { ...one, name: 'halved', secretFiles: [join(folder, 'short')] },
      { ...one, name: 'trusting', caFile: join(folder, 'no-ca') },
    ],
    {
      source: '/test',
      now: () => Date.now(),
      onFailure: (failure) => failures.push(failure),
      onAnswer: ({ validator, outcome, ms }) => {
        if (ms > 0) outcomes.push(`${validator}: ${outcome}`)
      },
    },
  )
  writeFileSync(join(folder, 'new'), `whsec_${Buffer.alloc(32, 7).toString('base64')}`)
  writeFileSync(join(folder, 'short'), 'whsec_AAAA')
  server.openTickets.add('OPS-42')
})
beforeEach(() => {
  failures.length = 0
  outcomes.length = 0
  server.manner = 'judge'
})
afterAll(async () => {
  await validators.close()
  await server[Symbol.asyncDispose]()
})

test('who is asked depends on what is created, and where', () => {
  const names = (about: 'Request' | 'Grant', namespace: string) =>
    validators.of(about, namespace).map(({ name }) => name)

  const everywhere = ['tickets', 'rotates', 'halved', 'trusting']
  expect(names('Request', 'shop')).toEqual(everywhere)
  expect(names('Grant', 'shop')).toEqual(['tickets', 'grants', 'rotates', 'halved', 'trusting'])
  expect(names('Grant', 'other')).toEqual(everywhere)
  expect(validators.named('hasty')?.name).toBe('hasty')
  expect(validators.named('nobody')).toBeUndefined()
})

test('its yes and its no are answers, also by the other of two secrets', async () => {
  expect(await ask()).toEqual({ outcome: 'yes' })
  expect(await ask('rotates')).toEqual({ outcome: 'yes' })
  server.openTickets.delete('OPS-42')
  const no = await ask()
  server.openTickets.add('OPS-42')

  expect(no).toEqual({ outcome: 'no', message: 'ticket OPS-42 is not open' })
  expect(failures).toEqual([])
  expect(outcomes).toEqual(['tickets: yes', 'rotates: yes', 'tickets: no'])
})

test.each(withoutAnswer)('what is no answer is a failure, which is logged: %s', async (manner, why) => {
  server.manner = manner

  // The validator named tickets has the longer limit, so that a slow machine is not taken for a silent validator.
  const name = manner === 'hang' || manner === 'drip' ? 'hasty' : 'tickets'
  expect(await ask(name)).toEqual({ outcome: 'failed', why, passing: true })
  expect(failures).toEqual([expect.objectContaining({ validator: name, id: `id-${count - 1}.${name}` })])
  expect(outcomes).toEqual([`${name}: failed`])
})

describe('nobody is asked', () => {
  test.each(['halved', 'trusting'])('with a secret or a CA that cannot be used: %s', async (name) => {
    expect(await ask(name)).toMatchObject({ outcome: 'failed', why: 'it could not be called' })
  })

  test('by who shows another certificate', async () => {
    const before = server.received.length
    server.useOtherCertificate(true)
    const answer = await ask()
    server.useOtherCertificate(false)

    expect(answer).toMatchObject({ outcome: 'failed', why: 'it could not be called' })
    expect(server.received).toHaveLength(before)
  })

  test('once the answer is out', async () => {
    expect(await ask('tickets', AbortSignal.abort())).toMatchObject({ outcome: 'failed' })
  })

  test('and a secret that comes back is used', async () => {
    rmSync(join(folder, 'new'))
    expect(await ask('rotates')).toMatchObject({ outcome: 'failed' })
    writeFileSync(join(folder, 'new'), `whsec_${Buffer.alloc(32, 8).toString('base64')}`)
    expect({ answer: await ask('rotates'), failures: failures.slice(1) }).toEqual({
      answer: { outcome: 'yes' },
      failures: [],
    })
  })
})
