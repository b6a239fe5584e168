import { findTool } from './find-tool.ts'
import type { Found, GoTool } from './go-tool.ts'
import type { Work } from './startup.ts'

/** Prometheus' own program that checks rules and metrics. */
const promtool: GoTool = {
  name: 'promtool',
  title: 'promtool',
  version: 'v0.316.0',
  sha256: '5b7b61752fb5e0c978c6da0e6586d679b9245e20f1db6073a26ada7bf71ac2b7',
  go: { major: 1, minor: 26 },
  module: 'promtool',
  program: 'github.com/prometheus/prometheus/cmd/promtool',
  // Without this, the libraries of all clouds are compiled, too.
  tags: ['remove_all_sd'],
  variables: {},
  minutes: 2,
  otherwise: 'promtool of Prometheus 3',
  installed: { program: 'promtool', ask: ['--version'], accepts: /^promtool, version 3\./ },
}

/** Finds promtool, or says why this machine cannot have it. */
export function findPromtool(work: Work): Promise<Found> {
  return findTool(work, promtool)
}
