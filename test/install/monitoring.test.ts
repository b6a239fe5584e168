import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { findPromtool } from '../cluster/promtool.ts'
import { runCommand } from '../cluster/run-command.ts'
import { ruleFile } from '../../src/install/monitoring/monitoring-objects.ts'
import { startDevGate, type DevGate } from '../fixtures/dev-gate.ts'
import { describeWith, toolWork } from '../fixtures/real-tool.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { until } from '../fixtures/until.ts'

const folder = temporaryFolder()

describeWith(await findPromtool(toolWork), 'promtool', ({ path }) => {
  let gate: DevGate
  beforeAll(async () => {
    gate = await startDevGate()
  })
  afterAll(() => gate.stop())

  test('takes every rule', async () => {
    const file = join(mkdtempSync(join(folder, 'rules-')), 'rules.yaml')
    writeFileSync(file, stringify(ruleFile()))

    // Its linter finds, for example, two rules of one name, and an annotation that does not parse.
    expect(await runCommand(path, ['check', 'rules', '--lint-fatal', file])).toMatch(/SUCCESS: \d+ rules found/)
  })

  test('finds no fault in the metrics of a leader', async () => {
    const metrics = await until('it leads', async () => {
      const text = await (await fetch(`http://127.0.0.1:${gate.healthPort}/metrics`)).text()
      return text.includes('\nsallyport_leader 1\n') ? text : undefined
    })
    expect(metrics).toContain('sallyport_queue_depth{queue="requests"}')
    expect(metrics).toMatch(/sallyport_watch_last_contact_seconds\{resource="pods"\} [\d.]+/)

    // It ends with an error for each fault. It knows nothing of the metrics of Node.
    const own = metrics.split('\n').filter((line) => line.includes('sallyport_'))
    await runCommand(path, ['check', 'metrics'], { input: `${own.join('\n')}\n` })
  })
})
