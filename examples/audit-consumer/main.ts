// node examples/audit-consumer/main.ts --cert FILE --key FILE --secret FILE [--secret FILE] [--token FILE] [--port 8444] [--file FILE]
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createConsumer } from './consumer.ts'

const { values } = parseArgs({
  options: {
    cert: { type: 'string', default: 'tls.crt' },
    key: { type: 'string', default: 'tls.key' },
    secret: { type: 'string', multiple: true, default: ['secret'] },
    token: { type: 'string' },
    port: { type: 'string', default: '8444' },
    file: { type: 'string', default: 'events.jsonl' },
  },
})
const read = (file: string): string => readFileSync(file, 'utf8').trim()
const consumer = createConsumer({
  tls: { cert: read(values.cert), key: read(values.key) },
  secrets: values.secret.map(read),
  ...(values.token !== undefined && { token: read(values.token) }),
  file: values.file,
})
console.log(
  `events are appended to ${values.file}: ${await consumer.listen({ host: '::', port: Number(values.port) })}`,
)
