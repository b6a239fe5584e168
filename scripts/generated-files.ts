import { stringify } from 'yaml'
import { version } from '../src/api/version.ts'
import { allKinds } from '../src/api/kinds/all-kinds.ts'
import { parseConfig } from '../src/config/config.ts'
import { clientConfigAt } from '../src/install/client-config.ts'
import { customResourceDefinition } from '../src/install/crd.ts'
import { installationObjects } from '../src/install/installation-objects.ts'
import { webhookConfigurations } from '../src/install/webhook-configuration.ts'
import { allMatches } from '../webhooks/all.ts'
import { krewTemplate } from './binaries/krew-manifest.ts'
import { chartFiles } from './chart/chart-files.ts'
import { validationDocs } from './docs/validation-docs.ts'
import { auditDocs } from './docs/audit-docs.ts'
import { auditSchema } from './docs/audit-schema.ts'
import { cliDocs } from './docs/cli-docs.ts'
import { configDocs } from './docs/config-docs.ts'
import { doctorDocs } from './docs/doctor-docs.ts'
import { errorDocs } from './docs/error-docs.ts'
import { expressionDocs } from './docs/expression-docs.ts'
import { kindDocs } from './docs/kind-docs.ts'
import { metricDocs } from './docs/metric-docs.ts'
import { migrateDocs } from './docs/migrate-docs.ts'
import { kustomizations } from './manifests/kustomizations.ts'
import { yaml } from './manifests/yaml.ts'

// A webhook configuration that is applied by hand closes the cluster until a replica serves.
const forReview = [
  'For review only. Never apply this file: the leader makes these objects once it serves, with its CA.',
  'Applied by hand, they would shut every exec.',
]

const forKrew = ['A template: `npm run binaries` writes access.yaml with the sums of the archives that it makes.']

/** Returns the path and the content of every generated file. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const config = parseConfig(
    stringify({ apiVersion: 'config.sallyport.dev/v1alpha1', kind: 'SallyportConfig' }),
    'the default config',
  )
  const webhooks = webhookConfigurations(allMatches(config), {
    ...config,
    clientConfig: clientConfigAt({ calledAt: 'Service' }),
  })
  const installed = installationObjects(version)
  return new Map([
    ...allKinds.map((kind): [string, string] => [
      `manifests/crds/${kind.plural}.yaml`,
      yaml([customResourceDefinition(kind)]),
    ]),
    ['manifests/install.yaml', yaml(installed)],
    ...kustomizations(installed),
    ...[...chartFiles(version)].map(([file, text]): [string, string] => [`manifests/chart/${file}`, text]),
    ['manifests/krew/access.yaml', yaml([krewTemplate()], forKrew)],
    ['docs/webhooks.yaml', yaml(webhooks, forReview)],
    ['docs/validator-calls.md', validationDocs()],
    ['docs/errors.md', errorDocs()],
    ['docs/cli.md', cliDocs()],
    ['docs/config.md', configDocs()],
    ['docs/doctor.md', doctorDocs()],
    ['docs/kinds.md', kindDocs()],
    ['docs/expressions.md', expressionDocs()],
    ['docs/audit-events.md', auditDocs()],
    ['docs/audit-event.schema.json', auditSchema()],
    ['docs/metrics.md', metricDocs()],
    ['docs/migrate.md', migrateDocs()],
  ])
}
