// Prints how large the parts of the product are, and fails if one is too large.
import { figuresOf, measureTree, tooLarge } from './tree-sizes.ts'

const sizes = measureTree('.')
const figures = figuresOf(sizes)
const [folder, files] = figures.largestFolder

console.log(`files of the largest folder  ${files} (${folder})`)
console.log(`longest function, lines      ${sizes.longestFunction.lines} (${sizes.longestFunction.name})`)
console.log(`lines of a file, median      ${figures.medianLines}`)
console.log(`lines of a file, p90         ${figures.p90Lines}`)
console.log(`files of under 15 lines      ${figures.smallFiles} of ${sizes.files.size}`)
for (const problem of tooLarge(figures)) {
  console.error(problem)
  process.exitCode = 1
}
