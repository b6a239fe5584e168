import { styleText } from 'node:util'

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const
const frameMs = 100
const escape = '\u001b['

/** Shows on stderr what is waited for, and for how long already. */
export interface Waiting {
  /** Says what is waited for now. The text must be printable already, and is one line. */
  show(text: string): void
  /** Takes the line away for other output. The next text brings it back. */
  clear(): void
  /** Takes the line away for good. */
  end(): void
}

/**
 * Begins to wait. A terminal gets one line that lives, such as `⠹ waits for 1 more of group sre · 0:42`. Another stderr
 * gets a line for each new text.
 */
export function startWaiting(stream: NodeJS.WriteStream = process.stderr, now: () => number = Date.now): Waiting {
  const began = now()
  let text = ''
  let shown = false
  const draw = () => {
    const since = now() - began
    const frame = styleText('cyan', frames[Math.floor(since / frameMs) % frames.length] ?? '', { stream })
    const line = cutTo(`${text} · ${elapsedText(since)}`, (stream.columns || 80) - 3)
    stream.write(`\r${escape}2K${frame} ${line}`)
    shown = true
  }
  const clear = () => {
    if (shown) stream.write(`\r${escape}2K`)
    shown = false
  }
  const timer = stream.isTTY ? setInterval(draw, frameMs) : undefined
  return {
    show(next) {
      if (next === text) return
      text = next
      if (stream.isTTY) draw()
      else stream.write(`${text}\n`)
    },
    clear,
    end() {
      clearInterval(timer)
      clear()
    },
  }
}

/** Writes a time as minutes and seconds, such as 0:42, or with hours, such as 1:02:03. */
function elapsedText(ms: number): string {
  const seconds = Math.floor(ms / 1_000)
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  const padded = (value: number) => String(value).padStart(2, '0')
  const rest = padded(seconds % 60)
  return hours > 0 ? `${hours}:${padded(minutes)}:${rest}` : `${minutes}:${rest}`
}

function cutTo(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}
