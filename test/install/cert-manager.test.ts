import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { findCertManager } from '../cluster/cert-manager.ts'
import { startCertManager } from '../fixtures/cert-manager.ts'
import { admin, apply } from '../fixtures/kubectl.ts'
import { describeWith, toolWork } from '../fixtures/real-tool.ts'
import { until } from '../fixtures/until.ts'

const namespace = 'issued'
const metadata = { name: 'gate', namespace }

describeWith(await findCertManager(toolWork), 'cert-manager', (tool) => {
  let running: AsyncDisposable | undefined

  beforeAll(async () => {
    running = await startCertManager(tool)
    await admin(['create', 'namespace', namespace])
  })

  afterAll(async () => {
    await admin(['delete', 'namespace', namespace, '--ignore-not-found'])
    await running?.[Symbol.asyncDispose]()
  })

  it('issues a certificate, and its injector writes the CA where an annotation asks for it', async () => {
    await apply(
      { apiVersion: 'cert-manager.io/v1', kind: 'Issuer', metadata, spec: { selfSigned: {} } },
      {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Certificate',
        metadata,
        spec: { secretName: 'tls', dnsNames: ['gate.issued.svc'], issuerRef: { name: 'gate' } },
      },
      {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'ValidatingWebhookConfiguration',
        metadata: { name: 'issued', annotations: { 'cert-manager.io/inject-ca-from': `${namespace}/gate` } },
        webhooks: [
          {
            name: 'gate.issued.svc',
            clientConfig: { service: { name: 'gate', namespace } },
            rules: [{ apiGroups: ['issued.example'], apiVersions: ['*'], resources: ['*'], operations: ['CREATE'] }],
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
          },
        ],
      },
    )
    const field = (of: readonly string[], path: string): Promise<string> =>
      admin(['get', ...of, `-o=jsonpath={${path}}`])
    const injected = ['validatingwebhookconfiguration', 'issued']
    const caBundle = await until('caBundle is written', () => field(injected, '.webhooks[0].clientConfig.caBundle'))
    await admin(['delete', ...injected])

    expect(caBundle).toBe(await field(['secret', 'tls', '-n', namespace], '.data.ca\\.crt'))
    expect(await field(['certificate', 'gate', '-n', namespace], '.status.conditions[0].type')).toBe('Ready')
  })
})
