/**
 * The file to start a thread or a process of Sallyport from. In the checkout it is src/program.ts. In the image all
 * files are bundled into one, which is this file then.
 */
export const ownProgram = new URL(import.meta.url.endsWith('.ts') ? 'program.ts' : '', import.meta.url)

/** The argument that makes the program the process for expressions. */
export const expressionsArgument = 'expressions'
