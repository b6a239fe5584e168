// npm run image -- --output FILE [--tag REFERENCE]: makes the image of Sallyport as an archive, without Docker.
import { statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { builtApp, makeAppFiles } from './image/app-files.ts'
import { imageReference, makeImage } from './image/make-image.ts'

const usage = 'Usage: npm run image -- --output FILE [--tag REFERENCE]'

try {
  const { values } = parseArgs({ options: { output: { type: 'string' }, tag: { type: 'string' } } })
  const { output, tag: reference = imageReference } = values
  if (output === undefined) throw new Error(usage)
  await makeAppFiles(builtApp)
  await makeImage({ app: builtApp, output, reference })
  console.log(`${output} (${Math.round(statSync(output).size / 1_048_576)} MiB) is the image ${reference}. Load it by one of:
  kind load image-archive ${output}
  docker load --input ${output}
  ctr --namespace k8s.io images import ${output}`)
} catch (error) {
  console.error(`image: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
