import { expect, test } from '@jest/globals'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

test('a reader who has gone ends the plugin without a word, as head does', async () => {
  const child = spawn(process.execPath, ['src/cli/main.ts', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(child, 'close')
  child.stdout.destroy()

  expect([await text(child.stderr), await ended]).toEqual(['', [1, null]])
})
