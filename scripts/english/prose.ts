import ts from 'typescript'
import { paragraphBreak } from './sentence-rules.ts'

/** One piece of prose in a file, and the line on which it begins. */
export interface Prose {
  readonly line: number
  readonly text: string
}

export interface ProseOfCode {
  /** The texts that a person may read: strings of more than a few words. */
  readonly texts: readonly Prose[]
  readonly comments: readonly Prose[]
  readonly docComments: readonly Prose[]
}

export function proseOfCode(path: string, code: string): ProseOfCode {
  const source = ts.createSourceFile(path, code, ts.ScriptTarget.Latest, true)
  const comments = commentsOf(source, code)
  return {
    texts: textsOf(source),
    comments: comments.filter(({ text }) => !text.startsWith('/**')).map(bare),
    docComments: comments.filter(({ text }) => text.startsWith('/**')).map(bare),
  }
}

/** A string with fewer words is a name, a key or a header. */
const fewestWords = 4

function textsOf(source: ts.SourceFile): readonly Prose[] {
  const found: Prose[] = []
  const visit = (node: ts.Node): void => {
    const text = textOf(node)
    if (text !== undefined && text.split(/\s+/).length >= fewestWords)
      found.push({ line: lineAt(source, node.getStart(source)), text })
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Returns the text of a literal. The parts that a template fills in are code, and are left out. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text
  if (!ts.isTemplateExpression(node)) return undefined
  return node.head.text + node.templateSpans.map(({ literal }) => `\`…\`${literal.text}`).join('')
}

/** Returns the comments of a file. Comments on lines that follow each other are joined to one. */
function commentsOf(source: ts.SourceFile, code: string): readonly Prose[] {
  const found: (Prose & { end: number })[] = []
  const seen = new Set<number>()
  const visit = (node: ts.Node): void => {
    const ranges = ts.getLeadingCommentRanges(code, node.getFullStart()) ?? []
    const trailing = ts.getTrailingCommentRanges(code, node.getEnd()) ?? []
    for (const { pos, end } of [...ranges, ...trailing]) {
      if (seen.has(pos)) continue
      seen.add(pos)
      found.push({ line: lineAt(source, pos), text: code.slice(pos, end), end: lineAt(source, end) })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return joined(found.sort((a, b) => a.line - b.line))
}

function joined(found: readonly (Prose & { end: number })[]): readonly Prose[] {
  const groups: (Prose & { end: number })[] = []
  for (const one of found) {
    const last = groups.at(-1)
    const goesOn = last?.text.startsWith('//') === true && one.text.startsWith('//') && one.line === last.end + 1
    if (goesOn) groups.splice(-1, 1, { line: last.line, end: one.end, text: `${last.text}\n${one.text}` })
    else groups.push(one)
  }
  return groups
}

/** Removes the comment marks. A JSDoc tag begins a sentence of its own, and its name is left out. */
function bare({ line, text }: Prose): Prose {
  const words = text.replace(/^\/\*\*?|\*\/$/g, '').replace(/^[ \t]*(?:\/\/|\*)[ \t]?/gm, '')
  return { line, text: words.replace(/@(?:param|returns|throws)\s+(?:\w+\s)?/g, paragraphBreak).trim() }
}

function lineAt(source: ts.SourceFile, position: number): number {
  return source.getLineAndCharacterOfPosition(position).line + 1
}

/** Returns paragraphs, items of lists and cells of tables. Headings and blocks of code are not prose. */
export function proseOfMarkdown(markdown: string): readonly Prose[] {
  const lines = markdown.split('\n').map((text, index) => ({ line: index + 1, text }))
  const { found } = lines.reduce(withLine, { found: [], isCode: false, isOpen: false })
  return found.filter(({ text }) => text !== '')
}

interface MarkdownState {
  readonly found: readonly Prose[]
  readonly isCode: boolean
  /** True while the next line may go on with the last piece. */
  readonly isOpen: boolean
}

const notProse = /^\s*(?:```|#|$|\|[-| :]+\|$)/
const beginning = /^\s*(?:[-*>|]|\d+\.)/

function withLine({ found, isCode, isOpen }: MarkdownState, { line, text }: Prose): MarkdownState {
  if (/^\s*```/.test(text)) return { found, isCode: !isCode, isOpen: false }
  if (isCode || notProse.test(text)) return { found, isCode, isOpen: false }
  const last = found.at(-1)
  if (last && isOpen && !beginning.test(text)) {
    return { found: [...found.slice(0, -1), { ...last, text: `${last.text} ${text.trim()}` }], isCode, isOpen }
  }
  const pieces = text.startsWith('|') ? text.split(/(?<!\\)\|/) : [text]
  const bare = pieces.map((piece) => ({ line, text: piece.replace(/^[\s*>-]+|^\d+\./, '').trim() }))
  return { found: [...found, ...bare], isCode, isOpen: !text.startsWith('|') }
}
