import { runExample } from '../run-example.ts'
import { listening, readServerOptions, readTrimmed, serverArguments, serverUsage } from '../signed-server.ts'
import { createValidator } from './validator.ts'

const usage = `Usage: node examples/validator/main.ts [arguments]

Answers Sallyport's questions over HTTPS, at any path: valid while the attribute \`ticket\` names an open ticket (docs/validators.md).

${serverUsage}
  --port PORT    default: 8445
  --tickets FILE the open tickets, one a line (default: open-tickets.txt); read anew for each question`

await runExample({
  usage,
  options: {
    ...serverArguments,
    port: { type: 'string', default: '8445' },
    tickets: { type: 'string', default: 'open-tickets.txt' },
  },
  async start({ port, tickets, ...files }) {
    const openTickets = (): readonly string[] =>
      readTrimmed(tickets, 'Write one open ticket a line into it.').split('\n').filter(Boolean)
    const validator = createValidator({ ...readServerOptions(files), openTickets })
    // A file that is missing is told now, and not to the first who asks for access.
    openTickets()
    return `open tickets are read from ${tickets}: ${await listening(validator, port)}`
  },
})
