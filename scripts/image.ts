// npm run image [-- --output FILE [--tag REFERENCE]]: makes the files of the image, for `docker build`. With --output it
// also makes the image itself, as an archive and without Docker.
import { statSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { appFiles, builtApp, makeAppFiles } from './image/app-files.ts'
import { imageReference, version } from './image/image-config.ts'
import { makeImage } from './image/make-image.ts'
import { revisionOf } from './image/revision.ts'

async function run(): Promise<string> {
  const { values } = parseArgs({ options: { output: { type: 'string' }, tag: { type: 'string' } } })
  const { output, tag: reference = imageReference } = values
  await makeAppFiles(builtApp)
  if (output === undefined) {
    const revision = (await revisionOf('.')) ?? 'unknown'
    return `${builtApp} has ${appFiles.join(', ')}. Make the image by:
  docker build --build-arg VERSION=${version} --build-arg REVISION=${revision} --tag ${reference} .`
  }
  await makeImage({ app: builtApp, output, reference })
  const mebibytes = Math.round(statSync(output).size / 1_048_576)
  return `${output} (${mebibytes} MiB) is the image ${reference}. Load it by one of:
  kind load image-archive ${output}
  docker load --input ${output}
  ctr --namespace k8s.io images import ${output}`
}

try {
  console.log(await run())
} catch (error) {
  console.error(`image: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
