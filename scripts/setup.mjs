// Brings node_modules in line with the lock file, and installs Node 24 with it. It runs on the machine's own Node,
// before anything is installed, so it uses only `node:` imports and no TypeScript.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stampFile = join(root, 'node_modules', '.sallyport-setup')
const platform = `${process.platform}-${process.arch}`
// For these platforms the npm registry has Node 24 as a package of its own (optionalDependencies in package.json).
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
  // This runs npm's own file and not `npm`: the PATH of a script begins with the .bin folder, which `npm ci` deletes.
  const result = spawnSync(process.execPath, [npm, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
  })
  if (result.status !== 0) {
    fail('`npm ci` failed; its message is above. It needs only a package registry that npm can reach.')
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
