import packageJson from '../../package.json' with { type: 'json' }

/** The version of this program. */
export const version: string = packageJson.version

/** The label with the version of Sallyport that an object is from. */
export const versionLabel = 'app.kubernetes.io/version'
