// Loaded by node --import before a gate: its time of day is off by what the file of SALLYPORT_TEST_CLOCK says, in ms.
// performance.now() and timers go on as they do where somebody sets a machine's clock.
import { readFileSync, watchFile } from 'node:fs'

const file = process.env['SALLYPORT_TEST_CLOCK'] ?? ''
const RealDate = Date
let offsetMs = 0

function read() {
  offsetMs = Number(readFileSync(file, 'utf8'))
  console.log(JSON.stringify({ msg: 'clock stepped', offsetMs }))
}
read()
watchFile(file, { interval: 20, persistent: false }, read)

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + offsetMs)
    else super(...args)
  }

  static now() {
    return RealDate.now() + offsetMs
  }
}
