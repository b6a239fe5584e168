import type { Log } from './observe/log.ts'
import type { WaryClock } from './cluster/clock/wary-clock.ts'
import type { Config } from './config/config.ts'
import type { Metrics } from './observe/metrics.ts'
import { createValidators, type Validators } from './validation/validators.ts'

interface ValidatorParts {
  readonly clock: Pick<WaryClock, 'now'>
  readonly log: Log
  readonly metrics: Metrics
}

/** Opens the organisation's validators for one thread. */
export function openValidators({ validators, audit }: Config, { clock, log, metrics }: ValidatorParts): Validators {
  return createValidators(validators, {
    source: audit.source,
    now: () => clock.now(),
    onFailure: (failure) => {
      log.error(failure, 'a validator gave no answer')
    },
    onAnswer: (answered) => {
      metrics.onValidatorAnswer(answered)
    },
  })
}
