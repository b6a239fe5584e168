import { shellWord } from '../run-example.ts'

/** The fields of an event that matter here (docs/audit-event.schema.json). */
export interface PendingEvent {
  readonly id: string
  readonly type: string
  readonly data: {
    readonly request?: { readonly namespace: string; readonly name: string }
    readonly requestor?: { readonly username: string }
    readonly asked?: {
      readonly access: string
      readonly reason?: string
      readonly duration?: string
      readonly startAt?: string
      readonly template?: { readonly name: string }
      readonly attributes?: Readonly<Record<string, string>>
      readonly pod?: string
      readonly container?: string
      readonly command?: readonly string[]
      readonly stdin?: boolean
      readonly tty?: boolean
      readonly subresources?: readonly string[]
      readonly debug?: boolean
    }
    readonly target?: { readonly pod?: string; readonly container?: string }
    readonly summary?: string
    readonly duration?: string
    readonly approvers?: string
  }
}

/** True if the event tells of a request that waits for somebody's approval. */
export function isWaiting({ type, data }: PendingEvent): boolean {
  return type === 'dev.sallyport.request.pending.v1' && data.approvers !== undefined && data.request !== undefined
}

/** Says who asks for what, why, for how long, and what an approver types. Slack's markup; each text of a user is code in it. */
export function messageOf({ data }: PendingEvent): string {
  const { request = { namespace: '', name: '' }, requestor, asked = { access: 'access' }, approvers = '' } = data
  const attributes = Object.entries(asked.attributes ?? {})
  return [
    `${code(requestor?.username ?? 'somebody')} asks for access in namespace ${code(request.namespace)}: ${code(whatOf(data))}`,
    `Why: ${code(asked.reason ?? 'no reason is given')}`,
    `For: ${howLong(data.duration ?? asked.duration, asked.startAt)}`,
    ...attributes.map(([key, value]) => `${code(key)}: ${code(value)}`),
    `Waits for: ${code(approvers)}`,
    `Look at it: ${code(`kubectl access approve ${request.name} -n ${request.namespace}`)}`,
  ].join('\n')
}

function howLong(duration = 'as long as the template says', startAt?: string): string {
  return startAt === undefined ? code(duration) : `${code(duration)}, from ${code(startAt)}`
}

/** Returns one line such as `exec web-0/app: cat /etc/hostname (template look)`. */
function whatOf({ summary = withheld, asked = { access: 'access' }, target = {} }: PendingEvent['data']): string {
  const under = asked.template ? ` (template ${asked.template.name})` : ''
  return (summary === withheld ? inOtherWords(asked, target) : summary) + under
}

// A word of the command is a secret, and with it the whole summary. The list of words tells all others.
const withheld = '[redacted]'

type Data = Required<PendingEvent['data']>

function inOtherWords(asked: Data['asked'], target: Partial<Data['target']>): string {
  const { access, subresources = [], debug } = asked
  const { pod = asked.pod, container = asked.container } = target
  const where = [pod, container].filter((part) => part !== undefined).join('/')
  const command = commandOf(asked)
  const more = [...(debug === true ? ['debug containers'] : []), ...subresources].map((one) => ` + ${one}`)
  return [[access, where].filter(Boolean).join(' '), command && `: ${command}`, flagsOf(asked), ...more].join('')
}

/** Only exec is for commands: for this one, or for any if the request names neither a command nor a subresource. */
function commandOf({ access, command, subresources = [] }: Data['asked']): string {
  if (access !== 'exec') return ''
  return command?.map(shellWord).join(' ') ?? (subresources.length === 0 ? 'ANY COMMAND' : '')
}

function flagsOf({ stdin = false, tty = false }: Data['asked']): string {
  return stdin || tty ? ` -${stdin ? 'i' : ''}${tty ? 't' : ''}` : ''
}

// Slack cuts a message at 40 000 characters; nobody reads so many.
const maxText = 1_000

/**
 * Shows a text of a user as code: Slack marks up nothing in it, and mentions nobody. The characters that could end it, or that a
 * reader cannot see, are written as \u{60}.
 */
function code(text: string): string {
  const characters = Array.from(text)
  const short = characters.length > maxText ? [...characters.slice(0, maxText), '…'] : characters
  const visible = short.join('').replace(/[`\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu, escaped)
  return `\`${visible.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') || ' '}\``
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`
}
