import comments from '@eslint-community/eslint-plugin-eslint-comments/configs'
import tseslint from 'typescript-eslint'

const noEscapeHatches = [
  { selector: 'ExportDefaultDeclaration', message: 'Export by name: a name that greps.' },
  { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' },
  { selector: 'TSAsExpression > TSAsExpression', message: 'No `as unknown as`: validate at the boundary instead.' },
]

// Rules are pure. What they need of the world, above all the time, is an argument.
const noEffects = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'A rule is handed `now`.' },
  { selector: ':function[async=true]', message: 'A rule is synchronous.' },
  { selector: 'AwaitExpression', message: 'A rule is synchronous.' },
]
// The tables (access-kinds.ts) choose the row of a kind of access. A file that asks by itself would take a new kind for another.
const isKind = '/^(exec|shell|role|task)$/'
const askTheTable = 'Ask the table in access-kinds.ts: only a kind of access knows itself.'
const oneTableOfKinds = [
  { selector: `MemberExpression[property.name=${isKind}][object.name=/^(spec|access)$/]`, message: askTheTable },
  {
    selector: `MemberExpression[property.name=${isKind}][object.property.name=/^(spec|access)$/]`,
    message: askTheTable,
  },
  { selector: `ObjectPattern > Property[key.name=${isKind}]`, message: askTheTable },
]
const knowTheirKind = [
  'src/api/accesses.ts',
  'src/*/kinds/**/*.ts',
  'src/provision/{exec,shell,role,task}/**/*.ts',
  // Kubernetes has other things of these names.
  'src/cluster/**/*.ts',
]
const pureRooms = ['src/decision/**/*.ts', 'src/provision/**/*.ts', 'src/install/**/*.ts']

const impureGlobals = ['process', 'fetch', 'console', 'performance', 'setTimeout', 'setInterval', 'setImmediate']
const impureProperties = [
  { object: 'Date', property: 'now', message: 'A rule is handed `now`.' },
  { object: 'Math', property: 'random', message: 'A rule has no randomness.' },
  { object: 'crypto', property: 'randomUUID', message: 'A rule has no randomness.' },
]
// Of what rules may import of Node at all (.dependency-cruiser.mjs), the parts without randomness and without a network.
const pureImports = [
  { name: 'node:crypto', allowImportNames: ['createHash'], message: 'A rule has no randomness.' },
  { name: 'node:net', allowImportNames: ['isIP'], message: 'Rules do no I/O.' },
]

export default tseslint.config(
  { ignores: ['node_modules/', 'coverage/', 'dist/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, comments.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@eslint-community/eslint-comments/require-description': ['error', { ignore: ['eslint-enable'] }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // To leave fields out is what a rest is for.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      complexity: ['error', 10],
      eqeqeq: 'error',
      'max-depth': ['error', 3],
      'max-lines': ['error', 400],
      'max-params': ['error', 4],
      'no-restricted-syntax': ['error', ...noEscapeHatches],
    },
  },
  // Tests apart: a describe holds many.
  {
    files: ['src/**/*.ts', 'webhooks/**/*.ts', 'certs/**/*.ts', 'scripts/**/*.ts'],
    rules: { 'max-lines-per-function': ['error', { max: 60 }] },
  },
  {
    files: ['src/**/*.ts', 'webhooks/**/*.ts'],
    ignores: knowTheirKind,
    rules: { 'no-restricted-syntax': ['error', ...noEscapeHatches, ...oneTableOfKinds] },
  },
  {
    files: pureRooms,
    rules: {
      'no-restricted-globals': ['error', ...impureGlobals.map((name) => ({ name, message: 'Rules do no I/O.' }))],
      'no-restricted-imports': ['error', { paths: pureImports }],
      'no-restricted-properties': ['error', ...impureProperties],
      'no-restricted-syntax': ['error', ...noEscapeHatches, ...noEffects],
    },
  },
  {
    files: pureRooms,
    ignores: knowTheirKind,
    rules: { 'no-restricted-syntax': ['error', ...noEscapeHatches, ...noEffects, ...oneTableOfKinds] },
  },
)
