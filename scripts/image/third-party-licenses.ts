import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const packageOfFile = /^(?<folder>(.*\/)?node_modules\/(@[^/]+\/)?[^/]+)\//
const licenseFile = /^(licen[cs]e|copying|notice)/i

/**
 * Returns the licenses of the packages that a bundle holds. They demand that their text goes with their code.
 * @param files the bundled files, seen from the checkout
 */
export function thirdPartyLicenses(checkout: string, files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => packageOfFile.exec(file)?.groups?.['folder'] ?? []))
  return [...folders]
    .toSorted()
    .map((folder) => licensesOf(join(checkout, folder)))
    .join('\n')
}

function licensesOf(folder: string): string {
  const described = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>>
  const title = `${String(described['name'])} ${String(described['version'])} (${String(described['license'])})`
  const texts = readdirSync(folder)
    .filter((name) => licenseFile.test(name) && existsSync(join(folder, name)))
    .toSorted()
    .map((name) => readFileSync(join(folder, name), 'utf8').trim())
  return [title, '='.repeat(title.length), ...texts, ''].join('\n')
}
