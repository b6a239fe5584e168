// Writes the files that are generated from the schemas and tables in code. With --check it writes nothing, and fails on
// a difference.
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { format, getFileInfo, resolveConfig } from 'prettier'
import { generatedFiles } from './generated-files.ts'

const check = process.argv.includes('--check')
let differences = 0

function current(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}

/** Formats what prettier would format. It cannot read the templates of the chart. */
async function formatted(file: string, content: string): Promise<string> {
  const { ignored } = await getFileInfo(file, { ignorePath: '.prettierignore' })
  return ignored ? content : format(content, { ...(await resolveConfig(file)), filepath: file })
}

for (const [file, content] of generatedFiles()) {
  const wanted = await formatted(file, content)
  if (current(file) === wanted) continue
  differences++
  if (!check) {
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, wanted)
  }
  console.log(`${check ? 'differs' : 'written'}: ${file}`)
}
if (check && differences > 0) {
  console.error('Generated files are not what the code makes of them; run `npm run generate` and commit the result.')
  process.exitCode = 1
}
