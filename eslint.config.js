import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const restrict = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

const noApi = {
  regex: '^(\\$api|(\\.\\./)+api)/(?!.*contract(\\.ts)?$)',
  message: 'src/ may load only contract.ts files from api/, and AppType as a type.',
  allowTypeImports: true,
};
const onlyMapImportsMaps = {
  regex: '^(maplibre-gl|@deck\\.gl/maplibre)',
  message: 'Only src/lib/map imports maplibre-gl and the deck.gl overlay.',
};
const noMapInState = {
  regex: '(\\$lib|\\.\\.)/(map|layers|api)/',
  message: 'State has no fetch, no map and no layers.',
  allowTypeImports: true,
};
const pureGeo = { regex: '(\\$lib|\\.\\.)/(map|layers|api|state|panels|ui)/', message: 'src/lib/geo is pure maths.' };

export default ts.config(
  {
    ignores: [
      'build/',
      '.svelte-kit/',
      'node_modules/',
      '.cache/',
      'test-results/',
      'playwright-report/',
      '.shaodian/',
    ],
  },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser, ...globals.node } },
    rules: {
      'no-undef': 'off', // TypeScript's work
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-console': 'error',
      // What comes from the server is $state.raw and replaced whole, so plain Maps and Sets are right there.
      'svelte/prefer-svelte-reactivity': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // The app lives at the root of its host.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: ['.svelte'], svelteConfig } },
  },
  // Directions: api/ never imports src/; SQL lives in queries.ts; one embedded session has no session state.
  {
    files: ['api/**/*.ts'],
    rules: {
      ...restrict({ regex: '(^|/)(\\$lib|src)/', message: 'api/ never imports src/.' }),
      'no-restricted-syntax': [
        'error',
        {
          selector: 'TemplateElement[value.raw=/\\b(LISTEN|NOTIFY|pg_advisory_lock|PREPARE)\\b|^\\s*SET\\s+(?!LOCAL)/]',
          message:
            'The embedded engine is one session shared by all: no session SET, advisory lock, LISTEN or named statement.',
        },
      ],
    },
  },
  {
    files: ['api/**/routes.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'TaggedTemplateExpression[tag.name="sql"]',
          message: 'HTTP never sees SQL: put it into queries.ts.',
        },
      ],
    },
  },
  {
    files: ['api/**/contract.ts'],
    rules: restrict({
      regex: '^(?!zod$|\\.{1,2}/(.*/)?(contract|grid-index|[a-z-]*frame[a-z-]*)(\\.ts)?$)',
      message: 'A contract is the border: it loads zod, other contracts and what both sides compute only.',
    }),
  },
  {
    files: ['src/**/*.{ts,svelte}'],
    ignores: ['src/lib/map/**', 'src/lib/state/**', 'src/lib/geo/**'],
    rules: restrict(noApi, onlyMapImportsMaps),
  },
  { files: ['src/lib/map/**/*.{ts,svelte}'], rules: restrict(noApi) },
  { files: ['src/lib/state/**/*.ts'], rules: restrict(noApi, onlyMapImportsMaps, noMapInState) },
  { files: ['src/lib/geo/**/*.ts'], rules: restrict(noApi, onlyMapImportsMaps, pureGeo) },
);
