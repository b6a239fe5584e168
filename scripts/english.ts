// Counts the sentences that have to be read twice. User texts must have none; comments and pages have a limit that only
// falls.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { proseOfCode, proseOfMarkdown, type Prose } from './english/prose.ts'
import { hardSentences, isFragment } from './english/sentence-rules.ts'

const shown = process.argv.slice(2)
const folders = ['src', 'webhooks', 'certs', 'scripts', 'test', 'examples', 'docs']
const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md']

const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ts|md)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name)),
)

interface Finding {
  readonly part: 'texts' | 'comments' | 'pages'
  readonly where: string
  readonly says: string
}

function findings(part: Finding['part'], path: string, prose: readonly Prose[]): Finding[] {
  return prose.flatMap(({ line, text }) =>
    hardSentences(text).map(({ sentence, rule }) => ({
      part,
      where: `${path}:${line}`,
      says: `${rule}\n    ${sentence}`,
    })),
  )
}

function ofCode(path: string): Finding[] {
  const { texts, comments, docComments } = proseOfCode(path, readFileSync(path, 'utf8'))
  const isProduct = /^(?:src|webhooks|certs)\//.test(path)
  const fragments = docComments.filter(({ text }) => isFragment(text))
  return [
    ...(isProduct ? findings('texts', path, texts) : []),
    ...findings('comments', path, [...comments, ...docComments]),
    ...fragments.map(({ line, text }): Finding => ({
      part: 'comments',
      where: `${path}:${line}`,
      says: `a doc comment is a whole sentence: name the subject\n    ${text}`,
    })),
  ]
}

const read = shown.length === 0 ? [...files, ...pages] : [...files, ...pages].filter(isShown)
const all = read.flatMap((path) =>
  path.endsWith('.ts') ? ofCode(path) : findings('pages', path, proseOfMarkdown(readFileSync(path, 'utf8'))),
)
for (const part of ['texts', 'comments', 'pages'] as const) {
  const those = all.filter((finding) => finding.part === part)
  console.log(`${part.padEnd(9)} ${String(those.length)}`)
}
if (shown.length > 0) for (const { part, where, says } of all) console.log(`${where} [${part}] ${says}`)

function isShown(path: string): boolean {
  return shown.some((prefix) => path.startsWith(prefix))
}
