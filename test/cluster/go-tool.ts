/** A real program that tests use. It is one static binary, which is compiled from public Go modules. */
export interface GoTool {
  /** The name in the names of files. */
  readonly name: string
  /** The name in messages. */
  readonly title: string
  readonly version: string
  /** The hash of the unpacked binary: others may fill a cache folder, and the binary may run as root. */
  readonly sha256: string
  /** The oldest Go that compiles it, by its go.mod. */
  readonly go: { readonly major: number; readonly minor: number }
  /** The folder of its go.mod and go.sum, below this one. */
  readonly module: string
  /** The package of the program. A path is relative to the module's folder. */
  readonly program: string
  /** The build tags of its sources. */
  readonly tags?: readonly string[]
  /** Our own source of the program, below this folder. Left out: it is all in the modules. */
  readonly source?: string
  /** The values of variables that the linker sets, by package and name. */
  readonly variables: Readonly<Record<string, string>>
  /** The time in minutes that 2 cores take to compile it. */
  readonly minutes: number
  /** The way to do without Go. It completes the sentence "install Go, or …". */
  readonly otherwise: string
  /** The program that people may have on PATH. Left out: nobody has it there. */
  readonly installed?: { readonly program: string; readonly ask: readonly string[]; readonly accepts: RegExp }
}

/** A tool's path, or the reason why this machine cannot have it. */
export type Found = { readonly path: string } | Missing

export interface Missing {
  readonly missing: string
}
