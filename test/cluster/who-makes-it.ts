import { dockerState } from './docker.ts'
import { onPath } from './node-tools.ts'
import { chooseProvider, type Choice } from './provider.ts'

/** Looks around on this machine, and returns who makes a cluster here. */
export async function whoMakesIt(given: string | undefined, wantsNode: boolean): Promise<Choice> {
  const isAsked = wantsNode && given === undefined
  return chooseProvider({
    given,
    wantsNode,
    kind: onPath('kind') !== undefined,
    docker: isAsked ? await dockerState() : { answers: false, reason: 'Docker was not asked' },
    kubectl: onPath('kubectl') !== undefined,
    platform: process.platform,
  })
}
