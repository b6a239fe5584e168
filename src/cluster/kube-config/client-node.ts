// The one door to @kubernetes/client-node. It imports by name, so that a bundle leaves out what is not used: 14 of its
// 15 MB. An `import()` of the package would bring all of it.
export { KubeConfig } from '@kubernetes/client-node'
