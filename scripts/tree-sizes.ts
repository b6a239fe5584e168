import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

/** The folders that hold the product. */
const product = ['src', 'webhooks', 'certs']

/** The sizes of the parts of the product. */
export interface TreeSizes {
  /** The number of files directly in each folder. */
  readonly folders: ReadonlyMap<string, number>
  /** The number of lines of each file. */
  readonly files: ReadonlyMap<string, number>
  readonly longestFunction: NamedFunction
}

interface NamedFunction {
  /** The file and the function, as `file:name`. */
  readonly name: string
  readonly lines: number
}

export const limits = { filesOfFolder: 25, medianLines: 90, p90Lines: 200, smallFiles: 19 } as const
// A smaller file seldom deserves a name of its own. The declaration of a verb does: it loads before the verb's work.
const smallLines = 15
const isSmall = (path: string, lines: number): boolean => lines < smallLines && !path.endsWith('-verb.ts')

/**
 * Measures the product.
 * @param root the folder of the repository
 */
export function measureTree(root: string): TreeSizes {
  const paths = product.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name))),
  )
  const texts = new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]))
  const functions = [...texts].flatMap(([path, text]) => functionsOf(path, text))
  return {
    folders: new Map([...Map.groupBy(paths, dirname)].map(([folder, those]) => [folder, those.length])),
    files: new Map([...texts].map(([path, text]) => [path, text.split('\n').length - 1])),
    longestFunction: functions.reduce((longest, one) => (one.lines > longest.lines ? one : longest)),
  }
}

/** Returns the functions of a file. Their length is counted from the first line to the last, as the lint rule does. */
function functionsOf(path: string, text: string): readonly NamedFunction[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const lineAt = (position: number): number => source.getLineAndCharacterOfPosition(position).line
  const found: NamedFunction[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node)) {
      const lines = lineAt(node.getEnd()) - lineAt(node.getStart(source)) + 1
      found.push({ name: `${path}:${node.name?.getText(source) ?? 'arrow'}`, lines })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

export interface Figures {
  readonly largestFolder: readonly [folder: string, files: number]
  readonly medianLines: number
  readonly p90Lines: number
  readonly smallFiles: number
}

export function figuresOf({ folders, files }: Pick<TreeSizes, 'folders' | 'files'>): Figures {
  const lines = [...files.values()].sort((a, b) => a - b)
  const [largest = ['', 0] as const] = [...folders].filter(([folder]) => isOfSrc(folder)).sort(([, a], [, b]) => b - a)
  return {
    largestFolder: largest,
    medianLines: quantile(lines, 0.5),
    p90Lines: quantile(lines, 0.9),
    smallFiles: [...files].filter(([path, count]) => isSmall(path, count)).length,
  }
}

function isOfSrc(folder: string): boolean {
  return folder === 'src' || folder.startsWith('src/')
}

/** Returns the smallest value that is at least as large as this part of all values. */
function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.ceil(sorted.length * part) - 1] ?? 0
}

/** Returns a sentence for each figure that is above its limit. */
export function tooLarge({ largestFolder: [folder, files], medianLines, p90Lines, smallFiles }: Figures): string[] {
  const { filesOfFolder, medianLines: median, p90Lines: p90, smallFiles: small } = limits
  return [
    files > filesOfFolder && `${folder} has ${files} files, more than ${filesOfFolder}: split it into folders.`,
    medianLines > median && `Half of the files have more than ${median} lines: the median is ${medianLines}.`,
    p90Lines > p90 && `More than one file in ten has over ${p90} lines: the 90th percentile is ${p90Lines}.`,
    smallFiles > small &&
      `${smallFiles} files have fewer than ${smallLines} lines, and the limit is ${small}: merge some.`,
  ].filter((problem) => problem !== false)
}
