import { runExample } from '../run-example.ts'
import { listening, readServerOptions, readTrimmed, serverArguments, serverUsage } from '../signed-server.ts'
import { createNotifier } from './notifier.ts'

const usage = `Usage: node examples/notify/main.ts [arguments]

Receives Sallyport's audit events over HTTPS, at any path, and posts each request that waits for an approval to a chat (docs/audit.md).

${serverUsage}
  --port PORT    default: 8446
  --chat FILE    the URL of the chat's incoming webhook (default: chat-url)
  --chat-ca FILE the CA of the chat, PEM, if no public one signed its certificate
  --posted FILE  the ids of the events that were posted, one a line (default: posted.txt)`

await runExample({
  usage,
  options: {
    ...serverArguments,
    port: { type: 'string', default: '8446' },
    chat: { type: 'string', default: 'chat-url' },
    'chat-ca': { type: 'string' },
    posted: { type: 'string', default: 'posted.txt' },
  },
  async start({ port, chat, posted, 'chat-ca': chatCa, ...files }) {
    const notifier = createNotifier({
      ...readServerOptions(files),
      chat: readTrimmed(chat, 'It holds the URL of the incoming webhook that your chat gave you.'),
      ...(chatCa !== undefined && { chatCa: readTrimmed(chatCa, "It is the CA of the chat's certificate.") }),
      file: posted,
      onFailure: console.error,
    })
    return `requests that wait are posted to the chat: ${await listening(notifier, port)}`
  },
})
