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
  for (const { part, where, says } of chosen.flatMap(findings)) console.log(`${where} [${part}] ${says}`)
} else {
  const found = Map.groupBy(paths.flatMap(findings), ({ part }) => part)
  for (const part of ['texts', 'comments', 'pages'] as const) checkPart(part, found.get(part) ?? [])
}

type Part = keyof typeof limits

interface Finding {
  readonly part: Part
  readonly where: string
  readonly says: string
}

function checkPart(part: Part, found: readonly Finding[]): void {
  console.log(`hard sentences in ${part.padEnd(9)} ${found.length}, at most ${limits[part]}`)
  if (found.length <= limits[part]) return
  for (const { where, says } of found) console.error(`${where} ${says}`)
  process.exitCode = 1
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
    ...fragments.map((comment) => finding('comments', path, comment, fragmentRule, comment.text)),
  ]
}

function hardIn(part: Part, path: string, prose: readonly Prose[]): readonly Finding[] {
  return prose.flatMap((one) =>
    hardSentences(one.text).map(({ sentence, rule }) => finding(part, path, one, rule, sentence)),
  )
}

function finding(part: Part, path: string, { line }: Prose, rule: string, sentence: string): Finding {
  return { part, where: `${path}:${line}`, says: `${rule}\n    ${sentence}` }
}
