/** An object of the installation, as its manifest has it. */
export interface InstallObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels: Readonly<Record<string, string>>
  }
  readonly [field: string]: unknown
}
