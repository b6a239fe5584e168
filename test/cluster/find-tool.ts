import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { compileTool } from './go-tool-compile.ts'
import { archiveName, unpackTool } from './go-tool-unpack.ts'
import { onPath } from './node-tools.ts'
import { runCommand } from './run-command.ts'
import type { Found, GoTool } from './go-tool.ts'
import type { Work } from './startup.ts'

/**
 * Returns the path of the binary: from the folder that SALLYPORT_KUBE_CACHE names, else from PATH, else compiled. If
 * this user has none yet, that takes minutes.
 */
export async function toolPath(work: Work, tool: GoTool): Promise<string> {
  const cache = process.env['SALLYPORT_KUBE_CACHE']
  if (cache && existsSync(join(cache, archiveName(tool)))) return unpackTool(work, tool, cache)
  if (cache) work.log(`SALLYPORT_KUBE_CACHE is ${cache}, but there is no ${archiveName(tool)} in it`)
  return (await installedTool(tool)) ?? compileTool(work, tool)
}

/** Finds a tool that tests can do without: they are skipped then, with the reason. */
export async function findTool(work: Work, tool: GoTool): Promise<Found> {
  try {
    return { path: await toolPath(work, tool) }
  } catch (error) {
    work.signal.throwIfAborted()
    return { missing: error instanceof Error ? error.message : String(error) }
  }
}

async function installedTool({ installed }: GoTool): Promise<string | undefined> {
  const path = installed && onPath(installed.program)
  if (!path) return undefined
  return installed.accepts.test(await runCommand(path, installed.ask)) ? path : undefined
}
