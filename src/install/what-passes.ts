/** What a webhook of the gate lets pass where one of its fields is another's, by the field's name. */
const openings: readonly (readonly [RegExp, string])[] = [
  [/\.objectSelector\b/, 'every way into every pod is open, since what a CONNECT is about has no labels'],
  [/\.namespaceSelector\b/, 'every way into the pods of the namespaces that it leaves out is open'],
  [/\.(rules|matchConditions|matchPolicy)\b/, 'the ways in that it leaves out are open'],
  [/\.failurePolicy\b/, 'every way in is open while no replica answers'],
  [/\.clientConfig\b/, 'another server may answer the API server, or none'],
  [/^(webhooks(\[[^\]]*\])?|the object) is /, 'the API server asks no gate'],
]

const ofKind: Readonly<Record<string, string>> = {
  MutatingWebhookConfiguration: 'who asks or grants may not be stamped, and such requests and grants are refused',
  ValidatingAdmissionPolicy: 'what this policy refuses may pass',
  ValidatingAdmissionPolicyBinding: 'what this policy refuses may pass',
}

/** What passes while an object of the installation is otherwise than rendered, in a few words; undefined where that opens nothing. */
export function whatPasses(kind: string, differences: readonly string[]): string | undefined {
  if (kind !== 'ValidatingWebhookConfiguration') return ofKind[kind]
  const found = openings.filter(([field]) => differences.some((one) => field.test(one))).map(([, words]) => words)
  return found.length > 0 ? found.join('; ') : undefined
}
