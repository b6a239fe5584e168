import { knownHolders } from './known-holders.ts'
import { inSession } from '../connection/session.ts'
import { exitCode, type ExitCode } from '../output/exit-code.ts'
import { jsonText } from '../output/formats.ts'
import { tell, warn } from '../output/output.ts'
import { tryCanary } from './canary/canary.ts'
import type { DoctorOptions } from './doctor-verb.ts'
import type { Finding } from './finding.ts'
import { findings } from './findings.ts'
import { tellObserved } from './observed.ts'
import { readCluster } from './read-cluster.ts'
import { findingsText } from './findings-text.ts'

/** `doctor`: tells what lets people around the gate. */
export async function doctor(options: DoctorOptions): Promise<ExitCode> {
  const { canary, observed, output, yes = false, ...where } = options
  if (observed) return tellObserved(where, output)
  const checked = await inSession(where, async ({ client }) => {
    const { facts, notChecked } = await readCluster(client)
    return { findings: findings(facts), notChecked }
  })
  const tried = canary ? await tryCanary(where, yes) : { findings: [], notChecked: [] }
  const told = {
    findings: [...tried.findings, ...checked.findings],
    notChecked: [...checked.notChecked, ...tried.notChecked],
  }
  if (output === 'json') tell(jsonText(told))
  else tell(findingsText(told.findings, told.notChecked))
  if (output !== 'json') warn(`Not judged: ${knownHolders[0]?.is ?? ''}.`)
  return told.findings.some(isFault) || told.notChecked.length > 0 ? exitCode.error : exitCode.done
}

/** Returns true if the finding matters while the gate is closed. */
function isFault({ severity }: Finding): boolean {
  return severity !== 'note'
}
