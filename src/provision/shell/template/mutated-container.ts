import type { ShellMutation } from '../../../api/kinds/access/shell-mutation.ts'
import type { Container } from '../../../api/pod-template.ts'
import { fieldsOf } from '../../../api/fields.ts'
import { without } from './fields.ts'

/** Returns the shell's container with what the mutation sets on it. */
export function mutatedContainer(container: Container, mutate: ShellMutation): Container {
  const { command, args, env, resources } = mutate
  // The arguments of one program mean nothing to another.
  const rest = command ? without(container, ['args']) : container
  return {
    ...rest,
    ...(command && { command }),
    ...(args && { args }),
    ...(env && { env: withEnv(container.env ?? [], env) }),
    ...(resources && { resources }),
  }
}

type Env = NonNullable<Container['env']>

/** Replaces a variable in its place, so that later values can still refer to it. New variables come last. */
function withEnv(current: Env, wanted: NonNullable<ShellMutation['env']>): Env {
  const left = new Map<string, Env[number]>(wanted.map((variable) => [variable.name, { ...variable }]))
  const names = new Set(left.keys())
  const replaced = current.flatMap((variable) => {
    if (!names.has(variable.name)) return [variable]
    const wantedHere = left.get(variable.name)
    left.delete(variable.name)
    return wantedHere ? [wantedHere] : []
  })
  return [...replaced, ...left.values()]
}

/** Returns the container with the amounts that the request asks for, as request and as limit. */
export function withResources(container: Container, amounts: Readonly<Record<string, string>>): Container {
  if (Object.keys(amounts).length === 0) return container
  const resources = fieldsOf(container['resources'])
  return {
    ...container,
    resources: {
      ...resources,
      requests: { ...fieldsOf(resources['requests']), ...amounts },
      limits: { ...fieldsOf(resources['limits']), ...amounts },
    },
  }
}
