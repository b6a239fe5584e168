// Counts the sentences that must be read twice, and fails if there are more than allowed. With PATHS: lists those of the
// files whose path begins so.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { proseOfCode, proseOfMarkdown, type Prose } from './english/prose.ts'
import { fragmentRule, hardSentences, isFragment } from './english/sentence-rules.ts'

/** Texts are what users read. A limit never rises. */
const limits = { texts: 0, comments: 0, pages: 7 } as const

const folders = ['src', 'webhooks', 'certs', 'scripts', 'test', 'examples', 'docs']
const product = /^(?:src|webhooks|certs)\//
const paths = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...folders.flatMap(filesOf)]

const shown = process.argv.slice(2)
if (shown.length > 0) {
  const chosen = paths.filter((path) => shown.some((prefix) => path.startsWith(prefix)))
  for (const one of chosen.flatMap(findings)) console.log(lineOf(one))
} else {
  const found = Map.groupBy(paths.flatMap(findings), ({ part }) => part)
  for (const part of ['texts', 'comments', 'pages'] as const) checkPart(part, found.get(part) ?? [])
}

type Part = keyof typeof limits

interface Finding {
  readonly part: Part
  readonly where: string
  readonly rule: string
  readonly sentence: string
}

function checkPart(part: Part, found: readonly Finding[]): void {
  console.log(`hard sentences in ${part.padEnd(9)} ${found.length}, at most ${limits[part]}`)
  if (found.length <= limits[part]) return
  for (const one of found) console.error(lineOf(one))
  process.exitCode = 1
}

function lineOf({ part, where, rule, sentence }: Finding): string {
  return `${where} [${part}] ${rule}\n    ${sentence}`
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|md)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
}

function findings(path: string): readonly Finding[] {
  const text = readFileSync(path, 'utf8')
  if (path.endsWith('.md')) return hardIn('pages', path, proseOfMarkdown(text))
  const { texts, comments, docComments } = proseOfCode(path, text)
  const fragments = docComments.filter((comment) => isFragment(comment.text))
  return [
    ...(product.test(path) ? hardIn('texts', path, texts) : []),
    ...hardIn('comments', path, [...comments, ...docComments]),
    ...fragments.map(({ line, text: sentence }) => ({
      part: 'comments' as const,
      where: `${path}:${line}`,
      ...{ rule: fragmentRule, sentence },
    })),
  ]
}

function hardIn(part: Part, path: string, prose: readonly Prose[]): readonly Finding[] {
  return prose.flatMap(({ line, text }) =>
    hardSentences(text).map(({ sentence, rule }) => ({ part, where: `${path}:${line}`, rule, sentence })),
  )
}
