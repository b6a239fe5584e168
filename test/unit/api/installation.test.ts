import { expect, test } from '@jest/globals'
import { run } from '../../fixtures/run.ts'

const program = `
  import { installation, serviceAccountUser } from './src/api/installation.ts'
  console.log(installation.namespace, serviceAccountUser)
`

test.each([
  ['the namespace of the pod, which the Deployment gives', { SALLYPORT_NAMESPACE: 'gates' }, 'gates'],
  ['the default, outside of a pod', {}, 'sallyport-system'],
])('the namespace is %s', async (_name, env, namespace) => {
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], '', env)

  expect(stdout).toBe(`${namespace} system:serviceaccount:${namespace}:sallyport\n`)
})
