// These plugins of esbuild make the kubectl plugin start sooner. None changes what it does.
import { readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'

/**
 * Takes for undici only what the kubectl plugin uses of it. The whole has four times the code, and loads half of Node.
 * The build fails if the plugin imports something else.
 */
export const undiciPart: Plugin = {
  name: 'undici-part',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'part' }))
    build.onLoad({ filter: /.*/, namespace: 'part' }, () => ({
      resolveDir: import.meta.dirname,
      contents: `
        import api from 'undici/lib/api/index.js'
        import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
        Object.assign(Dispatcher.prototype, api)
        export { default as Agent } from 'undici/lib/dispatcher/agent.js'
        export { default as ProxyAgent } from 'undici/lib/dispatcher/proxy-agent.js'`,
    }))
    // The client never speaks HTTP/2 (allowH2 is false), and Node's part for it takes long to load.
    build.onResolve({ filter: /\/client-h2\.js$/ }, () => ({ path: 'client-h2', namespace: 'unused' }))
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({
      contents: "module.exports = () => { throw new Error('HTTP/2 is not spoken') }",
    }))
  },
}

/** Gives commander the global `process`, and no way to run programs: no verb here is a program of its own. */
export const commanderPart: Plugin = {
  name: 'commander-part',
  setup(build) {
    build.onResolve({ filter: /^node:(process|child_process)$/ }, ({ path, importer }) =>
      /[\\/]node_modules[\\/]commander[\\/]/.test(importer) ? { path, namespace: 'commander' } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'commander' }, ({ path }) => ({
      contents: `export default ${path === 'node:process' ? 'globalThis.process' : 'undefined'}`,
    }))
  },
}

/**
 * Takes these modules of Node by `require`, and of each only the exports that are used. An `import` reads all exports.
 * Some load more when they are read: three dozen modules stand behind `node:fs`.
 */
export const usedExports: Plugin = {
  name: 'used-exports',
  setup(build) {
    build.onResolve({ filter: /^node:(fs|util|crypto)$/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'used', sideEffects: false } : undefined,
    )
    build.onLoad({ filter: /.*/, namespace: 'used' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path) ?? {})
      // esbuild leaves out a pure call if nobody uses what it returns.
      const parts = names.map(
        (name) => `const $${name} = /* @__PURE__ */ read('${name}'); export { $${name} as ${name} }`,
      )
      return {
        contents: [
          `const whole = require('${path}')`,
          'const read = (name) => whole[name]',
          'export default whole',
          ...parts,
        ].join('\n'),
      }
    })
  },
}

/**
 * Puts all that the program needs at its start into one file. esbuild makes a part for each set of entries that share
 * it. So each entry that is loaded later imports the program, which is there already.
 * @param program the paths of its modules
 */
export function oneFirstPart(program: readonly string[]): Plugin {
  return {
    name: 'one-first-part',
    setup(build) {
      const later = new Set<string>()
      build.onResolve({ filter: /.*/ }, async ({ path, kind, importer, namespace, resolveDir }) => {
        if (kind !== 'dynamic-import') return undefined
        const found = await build.resolve(path, { kind: 'import-statement', importer, namespace, resolveDir })
        later.add(found.path)
        return found
      })
      build.onLoad({ filter: /\.m?[jt]s$/ }, ({ path }) => {
        if (!later.has(path)) return undefined
        const imports = program.map((one) => `import ${JSON.stringify(one)}`)
        const contents = [...imports, readFileSync(path, 'utf8')].join('\n')
        return { loader: path.endsWith('ts') ? 'ts' : 'js', contents }
      })
    },
  }
}
