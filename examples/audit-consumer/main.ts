import { runExample } from '../run-example.ts'
import { listening, readServerOptions, serverArguments, serverUsage } from '../signed-server.ts'
import { createConsumer } from './consumer.ts'

const usage = `Usage: node examples/audit-consumer/main.ts [arguments]

Receives Sallyport's audit events over HTTPS, at any path, and appends each to a file (docs/audit.md).

${serverUsage}
  --port PORT    default: 8444
  --file FILE    the events, one a line (default: events.jsonl)`

await runExample({
  usage,
  options: {
    ...serverArguments,
    port: { type: 'string', default: '8444' },
    file: { type: 'string', default: 'events.jsonl' },
  },
  async start({ port, file, ...files }) {
    const consumer = createConsumer({ ...readServerOptions(files), file })
    return `events are appended to ${file}: ${await listening(consumer, port)}`
  },
})
