// Brings node_modules in line with the lock file, and Node 24 with it. Runs on the Node that the machine
// happens to have, before anything is installed: only `node:` imports, no TypeScript.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stampFile = join(root, 'node_modules', '.sallyport-setup')
const platform = `${process.platform}-${process.arch}`
// The npm registry carries Node 24 for these as a package of its own (optionalDependencies in package.json).
const bundledNode = join(root, 'node_modules', `node-${platform}`, 'bin', 'node')
const platformsWithBundledNode = ['linux-x64', 'linux-arm64']
const neededMajor = 24

/** @param {string} problem @returns {never} */
function fail(problem) {
  console.error(`setup: ${problem}`)
  process.exit(1)
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= neededMajor) return
  if (platformsWithBundledNode.includes(platform)) return
  fail(
    `Node ${process.versions.node} is too old and there is no bundled one for ${platform}. ` +
      `Install Node ${neededMajor} or newer (https://nodejs.org) and run this again.`,
  )
}

function wantedStamp() {
  const lock = readFileSync(join(root, 'package-lock.json'))
  return createHash('sha256').update(lock).update(platform).digest('hex')
}

function install() {
  const npm = process.env.npm_execpath
  if (!npm) fail('run it through npm: npm run setup')
  console.log('setup: installing the locked packages (about 20 s the first time) ...')
  // npm's own file rather than `npm`: a script's PATH begins with the .bin folder that `npm ci` deletes.
  const result = spawnSync(process.execPath, [npm, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  })
  if (result.status !== 0) {
    fail('`npm ci` failed; its message is above. A package registry that npm can reach is all it needs.')
  }
}

checkNode()
const stamp = wantedStamp()
const isInstalled = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp
if (!isInstalled) {
  install()
  if (platformsWithBundledNode.includes(platform) && !existsSync(bundledNode)) {
    fail(`npm left out the optional package node-${platform}. Run \`npm ci --include=optional\` and try again.`)
  }
  writeFileSync(stampFile, stamp)
}
