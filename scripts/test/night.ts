/**
 * The variables of a run by night, which takes hours. By default, the suites that read them do what shows a fault soon.
 * docs/development.md says what each asks for.
 */
export const nightVariables: Readonly<Record<string, string>> = {
  SALLYPORT_MUTANTS: '1000000',
  SALLYPORT_MODEL_STEPS: '20000',
  SALLYPORT_TEST_RACES: '1000',
  SALLYPORT_TEST_FAULT_MS: '5000',
  SALLYPORT_TEST_FLOOD: '1000',
  SALLYPORT_OUTAGE_SECONDS: '60',
  SALLYPORT_EACH_CRASH: '1',
  SALLYPORT_EACH_FAULT: '1',
  SALLYPORT_EACH_OBJECT: '1',
  SALLYPORT_EACH_RELEASE: '1',
}

/** Sets the variables of a run by night. A variable that is set already stays. */
export function beNight(environment: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(nightVariables)) environment[name] ??= value
}
