import type { AddVerb } from '../verb/verb.ts'
import { accessVerbs } from '../kinds/access-verbs.ts'

export const addRequest: AddVerb = (program, line) => {
  const request = program.command('request').description('Ask for access.')
  for (const add of Object.values(accessVerbs)) add(request, line)
}
