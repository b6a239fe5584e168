// node examples/validator/main.ts --cert FILE --key FILE --secret FILE [--secret FILE] [--token FILE] [--port 8445] [--tickets FILE]
import { parseArgs } from 'node:util'
import { readServerOptions, readTrimmed, serverArguments } from '../signed-server.ts'
import { createValidator } from './validator.ts'

const { values } = parseArgs({
  options: {
    ...serverArguments,
    port: { type: 'string', default: '8445' },
    tickets: { type: 'string', default: 'open-tickets.txt' },
  },
})
const validator = createValidator({
  ...readServerOptions(values),
  openTickets: () => readTrimmed(values.tickets).split('\n').filter(Boolean),
})
console.log(
  `open tickets are read from ${values.tickets}: ${await validator.listen({ host: '::', port: Number(values.port) })}`,
)
