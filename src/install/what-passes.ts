/** The calls that pass if somebody changes a field of a gate's webhook, by the name of the field. */
const openings: readonly (readonly [RegExp, string])[] = [
  [/\.objectSelector\b/, 'every way into every pod is open, since the object of a CONNECT has no labels'],
  [/\.namespaceSelector\b/, 'every way into the pods of the namespaces that it leaves out is open'],
  [/\.(rules|matchConditions|matchPolicy)\b/, 'the ways in that it leaves out are open'],
  [/\.failurePolicy\b/, 'every way in is open while no replica answers'],
  [/\.clientConfig\b/, 'another server may answer the API server, or none'],
  [/^(webhooks(\[[^\]]*\])?|the object) is /, 'the API server asks no gate'],
]

const ofKind: Readonly<Record<string, string>> = {
  MutatingWebhookConfiguration: 'requests and grants may lack the stamp of their user, and are then refused',
  ValidatingAdmissionPolicy: 'calls that this policy refuses may pass',
  ValidatingAdmissionPolicyBinding: 'calls that this policy refuses may pass',
}

/**
 * Says in a few words which calls pass while an object of the installation differs from the rendered one. Undefined if
 * none do.
 */
export function whatPasses(kind: string, differences: readonly string[]): string | undefined {
  if (kind !== 'ValidatingWebhookConfiguration') return ofKind[kind]
  const found = openings.filter(([field]) => differences.some((one) => field.test(one))).map(([, words]) => words)
  return found.length > 0 ? found.join('; ') : undefined
}
