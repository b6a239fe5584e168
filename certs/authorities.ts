import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { certificateBlock } from './ca-bundle.ts'
import type { FileResult } from './watch-files.ts'

/** Reads the certificates in a PEM file, or says what is wrong with it. */
export function readAuthorities(file: string): FileResult<string> {
  try {
    const blocks = [...readFileSync(file, 'utf8').matchAll(certificateBlock)].map(([text]) => text)
    if (blocks.length === 0) return { ok: false, problem: `${file} holds no certificate as PEM` }
    for (const text of blocks) new X509Certificate(text)
    return { ok: true, value: `${blocks.join('\n')}\n` }
  } catch (error) {
    return { ok: false, problem: `${file} cannot be read as PEM: ${String(error)}` }
  }
}
