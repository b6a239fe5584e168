// node examples/audit-consumer/main.ts --cert FILE --key FILE --secret FILE [--secret FILE] [--token FILE] [--port 8444] [--file FILE]
import { parseArgs } from 'node:util'
import { readServerOptions, serverArguments } from '../signed-server.ts'
import { createConsumer } from './consumer.ts'

const { values } = parseArgs({
  options: {
    ...serverArguments,
    port: { type: 'string', default: '8444' },
    file: { type: 'string', default: 'events.jsonl' },
  },
})
const consumer = createConsumer({
  ...readServerOptions(values),
  file: values.file,
})
console.log(
  `events are appended to ${values.file}: ${await consumer.listen({ host: '::', port: Number(values.port) })}`,
)
