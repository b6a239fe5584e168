import type { Argument, Command, Option } from 'commander'

/** A word that may stand where the cursor is. */
export interface Candidate {
  readonly word: string
  readonly description?: string
}

/** Lists the words that may stand where the cursor is, or says whose names they are. */
export interface Completion {
  readonly candidates: readonly Candidate[]
  /** The thing that an option or an argument names, such as `request` or `namespace`; undefined if none. */
  readonly named?: string
  /** The options that were given before, by their attribute names. */
  readonly given: Readonly<Record<string, string>>
}

/**
 * Finds what may stand where the cursor is.
 * @param words the words of the command line after `kubectl access`. The last is the one to complete; it may be empty.
 */
export function completionOf(program: Command, words: readonly string[]): Completion {
  const place = placeOf(program, words.slice(0, -1))
  const typed = words.at(-1) ?? ''
  const { given } = place
  if (place.isAfterDashes) return { candidates: [], given }
  if (place.option) return { ...valuesOf(place.option), given }
  if (typed.startsWith('-')) return { candidates: optionsOf(place.verb), given }
  const verbs = verbsOf(place.verb)
  if (verbs.length > 0) return { candidates: verbs, given }
  const argument = argumentAt(place.verb, place.position)
  return argument ? { ...valuesOf(argument), given } : { candidates: [], given }
}

interface Place {
  readonly verb: Command
  /** The number of arguments of the verb that stand before. */
  readonly position: number
  /** The option whose value comes next. */
  readonly option?: Option
  readonly isAfterDashes: boolean
  readonly given: Readonly<Record<string, string>>
}

function placeOf(program: Command, words: readonly string[]): Place {
  return words.reduce(advance, { verb: program, position: 0, isAfterDashes: false, given: {} })
}

function advance(place: Place, word: string): Place {
  if (place.isAfterDashes) return place
  if (place.option) {
    const { option, ...rest } = place
    return { ...rest, given: { ...rest.given, [option.attributeName()]: word } }
  }
  if (word === '--') return { ...place, isAfterDashes: true }
  if (word.startsWith('-')) return afterOption(place, word)
  const verb = place.verb.commands.find((one) => one.name() === word || one.aliases().includes(word))
  return verb ? { ...place, verb, position: 0 } : { ...place, position: place.position + 1 }
}

function afterOption(place: Place, word: string): Place {
  const [flag = '', value] = word.split('=', 2)
  const option = allOptions(place.verb).find(({ long, short }) => flag === long || flag === short)
  if (!option) return place
  if (value !== undefined) return { ...place, given: { ...place.given, [option.attributeName()]: value } }
  return option.required ? { ...place, option } : place
}

function allOptions(verb: Command): readonly Option[] {
  return [...verb.options, ...(verb.parent ? allOptions(verb.parent) : [])]
}

function optionsOf(verb: Command): readonly Candidate[] {
  const shown = allOptions(verb).filter(({ hidden }) => !hidden)
  return shown.map(({ long, short, description }) => ({ word: long ?? short ?? '', description }))
}

function verbsOf(verb: Command): readonly Candidate[] {
  return verb
    .createHelp()
    .visibleCommands(verb)
    .map((one) => ({ word: one.name(), description: one.description() }))
}

function argumentAt({ registeredArguments }: Command, position: number): Argument | undefined {
  const last = registeredArguments.at(-1)
  return registeredArguments[position] ?? (last?.variadic ? last : undefined)
}

function valuesOf(one: Option | Argument): Omit<Completion, 'given'> {
  const candidates = (one.argChoices ?? []).map((word) => ({ word }))
  return { candidates, named: 'attributeName' in one ? one.attributeName() : one.name() }
}
