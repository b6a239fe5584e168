interface HasConditions<C> {
  readonly conditions?: readonly C[] | undefined
}

/** Finds a condition in the status of an object. A status has at most one of each type. */
export function conditionIn<C extends { readonly type: string }>(
  status: HasConditions<C> | undefined,
  type: string,
): C | undefined {
  return status?.conditions?.find((one) => one.type === type)
}

/** Finds a condition that holds. */
export function heldCondition<C extends { readonly type: string; readonly status: string }>(
  status: HasConditions<C> | undefined,
  type: string,
): C | undefined {
  const found = conditionIn(status, type)
  return found?.status === 'True' ? found : undefined
}
