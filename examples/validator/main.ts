// node examples/validator/main.ts --cert FILE --key FILE --secret FILE [--secret FILE] [--token FILE] [--port 8445] [--tickets FILE]
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createValidator } from './validator.ts'

const { values } = parseArgs({
  options: {
    cert: { type: 'string', default: 'tls.crt' },
    key: { type: 'string', default: 'tls.key' },
    secret: { type: 'string', multiple: true, default: ['secret'] },
    token: { type: 'string' },
    port: { type: 'string', default: '8445' },
    tickets: { type: 'string', default: 'open-tickets.txt' },
  },
})
const read = (file: string): string => readFileSync(file, 'utf8').trim()
const validator = createValidator({
  tls: { cert: read(values.cert), key: read(values.key) },
  secrets: values.secret.map(read),
  ...(values.token !== undefined && { token: read(values.token) }),
  openTickets: () => read(values.tickets).split('\n').filter(Boolean),
})
console.log(
  `open tickets are read from ${values.tickets}: ${await validator.listen({ host: '::', port: Number(values.port) })}`,
)
