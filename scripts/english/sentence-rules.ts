/** A sentence that has to be read twice, and the rule that it breaks. */
export interface HardSentence {
  readonly sentence: string
  readonly rule: string
}

/** Ends a sentence that has no full stop. */
export const paragraphBreak = '\u2029'

const longest = 25

/** The rules. Each names a construction that is hard for readers with another mother tongue. */
const rules: readonly { readonly rule: string; readonly breaks: (sentence: string) => boolean }[] = [
  { rule: '"whoever": name who it is', breaks: (sentence) => /\bwhoever\b/i.test(sentence) },
  { rule: '"nobody who": say who may, with "only"', breaks: (sentence) => /\bnobody who\b/i.test(sentence) },
  {
    rule: '"is no X": "is not a X"',
    breaks: (sentence) => /\b(?:is|are|was|were) no (?!longer|more\b)/i.test(sentence),
  },
  {
    rule: '"of which" or "of whom": two sentences',
    breaks: (sentence) => /\bof (?:which|whom|whose)\b/i.test(sentence),
  },
  { rule: '"by which": begin with the subject', breaks: (sentence) => /\bby which\b/i.test(sentence) },
  { rule: '"alone": "only"', breaks: (sentence) => /\balone\b/i.test(withoutLeaveAlone(sentence)) },
  { rule: '"What … is": begin with the subject', breaks: (sentence) => /^What\b[^?]*$/.test(sentence) },
  { rule: `more than ${longest} words: two sentences`, breaks: (sentence) => wordsOf(sentence) > longest },
]

/** Removes "leaves it alone" and the like, which do not mean "only". */
function withoutLeaveAlone(sentence: string): string {
  return sentence.replace(/\b(?:leave|leaves|left|let|lets)\b(?: \S+){1,3} alone\b/gi, '')
}

const words = new Intl.Segmenter('en', { granularity: 'word' })
const sentences = new Intl.Segmenter('en', { granularity: 'sentence' })

/** Counts the words. Code counts as one word, and so does a value that is filled in. */
function wordsOf(sentence: string): number {
  return [...words.segment(sentence)].filter(({ isWordLike }) => isWordLike === true).length
}

/**
 * Finds the hard sentences in a text.
 * @param text prose in which code stands in backquotes
 */
export function hardSentences(text: string): readonly HardSentence[] {
  const prose = text.replace(/`[^`]*`/g, 'CODE').replace(/\]\([^)]*\)/g, ']')
  const paragraphs = prose.split(paragraphBreak).map((one) => one.replace(/\s+/g, ' '))
  const all = paragraphs.flatMap((paragraph) => [...sentences.segment(paragraph)])
  return all.flatMap(({ segment }) => {
    const sentence = segment.trim()
    return rules.filter(({ breaks }) => breaks(sentence)).map(({ rule }) => ({ sentence, rule }))
  })
}

export const fragmentRule = 'a doc comment is a whole sentence: begin with its subject or its verb'

/** True if a doc comment begins like a fragment. It should be a sentence about the thing it stands on. */
export function isFragment(docComment: string): boolean {
  return /^(?:What|Whether|Of|As|By|But|That|Who|Whom|How|Where|To|For|In|On|From|With)\b/.test(docComment.trim())
}
