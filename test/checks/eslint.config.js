// Rules that need types or that Biome does not have. Biome does the rest.
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

const EMPTY_CATCH = { selector: 'CatchClause > BlockStatement[body.length=0]', message: 'Empty catch: handle the error or let it pass.' }
const SWALLOWED = {
  selector: "CallExpression[callee.property.name='catch'] > ArrowFunctionExpression[params.length=0]",
  message: 'Swallowed rejection: name the error and do something with it.',
}

const projects = ['shared', 'electron', 'renderer', 'test'].map((folder) => `${folder}/tsconfig.json`)

export default [
  { ignores: ['**/node_modules/**', 'dist/**', '**/*.js', '**/*.cjs'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    plugins: { '@typescript-eslint': tseslint.plugin, 'react-hooks': reactHooks },
    languageOptions: { parser: tseslint.parser, parserOptions: { project: projects } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      'no-restricted-syntax': ['error', EMPTY_CATCH, SWALLOWED],
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
    },
  },
  {
    files: ['shared/**', 'electron/**', 'renderer/**'],
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true, IIFEs: true }],
      'max-params': ['error', { max: 4 }],
    },
  },
  {
    files: ['renderer/**/*.tsx'],
    rules: { 'max-lines-per-function': ['error', { max: 150, skipBlankLines: true, skipComments: true }] },
  },
]
