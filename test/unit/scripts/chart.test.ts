import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { ConfigFile } from '../../../src/api/config/config.ts'
import { chartFiles } from '../../../scripts/chart/chart-files.ts'
import { end, filled, hole, value, withHole } from '../../../scripts/chart/hole.ts'
import { plainSchema, type Schema } from '../../../scripts/docs/schema-rows.ts'
import { configExamples } from '../../../scripts/docs/config-examples.ts'

const files = chartFiles('9.8.7')
const fileOf = (name: string): string => files.get(name) ?? ''
const templates = [...files].filter(([file]) => file.startsWith('templates/'))
const schema = JSON.parse(fileOf('values.schema.json')) as Schema

/** The paths of the values that people set: a value with a default is one, and what is inside of it belongs to it. */
function leaves({ properties = {} }: Schema, prefix = ''): readonly string[] {
  return Object.entries(properties).flatMap(([name, field]) =>
    field.default === undefined && field.properties ? leaves(field, `${prefix}${name}.`) : [prefix + name],
  )
}

describe('the values of the chart', () => {
  const check = new Ajv2020({ strict: false }).compile(schema)
  // Helm lays the values of users over those of the chart, and checks both together.
  const accepts = (values: object): boolean => check({ ...(parse(fileOf('values.yaml')) as object), ...values })

  it('are documented, each in values.yaml and in the README', () => {
    const documented = leaves(schema).filter((path) => path !== 'global')

    for (const path of documented) expect(fileOf('README.md')).toMatch(new RegExp(`^- \`${path}\` \\(.*\\): \\w`, 'm'))
    for (const path of documented) expect(parse(fileOf('values.yaml'))).toHaveProperty(path)
    expect(accepts({})).toBe(true)
  })

  it('are all used, and no other is', () => {
    const text = templates.map(([, template]) => template).join('\n')
    const used = [...text.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path)
    const known = leaves(schema)

    for (const path of known.filter((one) => one !== 'global')) {
      const group = path.split('.')[0] ?? ''
      const isInWith = text.includes(`with .Values.${group} -}}`) && text.includes(` .${path.split('.')[1]}`)
      expect({ path, isUsed: used.some((one) => one === path || one.startsWith(`${path}.`)) || isInWith }).toEqual({
        path,
        isUsed: true,
      })
    }
    const unknown = used.filter(
      (one) => !known.some((path) => `${one}.`.startsWith(`${path}.`) || path.startsWith(`${one}.`)),
    )
    expect(unknown).toEqual([])
  })

  it.each(Object.entries(configExamples))(
    'take the example of %s in docs/config.md, unless the chart sets it',
    (name, text) => {
      const config = parse(text) as object
      const isCharts = ['webhooks', 'health'].includes(name)

      expect(accepts({ config })).toBe(!isCharts)
    },
  )

  it('know every section of the config file', () => {
    const { apiVersion, kind, ...sections } = plainSchema(ConfigFile).properties ?? {}

    expect(Object.keys(schema.properties?.['config']?.properties ?? {})).toEqual(Object.keys(sections))
  })

  it.each([
    ['an unknown value', { replica: 3 }],
    ['an unknown field of the config', { config: { enforcment: 'Observe' } }],
    ['a wrong word', { config: { enforcement: 'observe' } }],
    ['a whole group taken away', { image: null }],
    ['a port, which the Service must know', { config: { webhooks: { port: 9443 } } }],
    [
      'a digest that is none',
      { image: { repository: 'a', tag: '', pullPolicy: 'Never', pullSecrets: [], digest: 'sha256:1' } },
    ],
  ])('refuse %s', (_, values) => {
    expect(accepts(values)).toBe(false)
  })
})

describe('a template', () => {
  it.each(templates)('%s has only braces that Helm reads, or that are escaped', (_, text) => {
    const odd = text.replaceAll('{{ "{{" }}', '').match(/\{\{(?!- | ).*/g) ?? []

    expect(odd).toEqual([])
  })

  it('keeps the braces of a description', () => {
    expect(fileOf('templates/crds.yaml')).toContain('{{ "{{" }}namespace}}')
    expect(filled('a {{pod}}')).toBe('a {{ "{{" }}pod}}')
  })

  it('never names the namespace of install.yaml', () => {
    for (const [, text] of templates) expect(text).not.toContain('sallyport-system')
  })
})

describe('a hole', () => {
  const object = { spec: { replicas: 2, list: ['a'], map: { b: 'c' } } }

  it('is filled at its own indentation, in a field, a list and a map', () => {
    const lines = (indent: string, put: string): string => filled(`${indent}${put}`)

    expect(lines('  replicas: ', value('.Values.n'))).toBe('  replicas: {{ .Values.n }}')
    expect(lines('    - ', hole('- {{ x }}'))).toBe('    - {{ x }}')
    expect(lines('  ', `${hole('{{- if a }}', 'b: {{ c | nindent +2 }}', '{{- end }}')}: true`)).toBe(
      '{{- if a }}\n  b: {{ c | nindent 4 }}\n{{- end }}',
    )
    expect(() => lines('  - name: ', hole('x'))).toThrow('no hole can be in this line')
  })

  it('comes where the path leads, and fails where the object has changed', () => {
    expect(withHole(object, ['spec', 'replicas'], 'x')).toEqual({ spec: { ...object.spec, replicas: 'x' } })
    expect(withHole(object, ['spec', 'list', end], 'x')).toEqual({ spec: { ...object.spec, list: ['a', 'x'] } })
    expect(withHole(object, ['spec', 'map', end], 'x')).toEqual({
      spec: { ...object.spec, map: { b: 'c', x: true } },
    })
    expect(() => withHole(object, ['spec', 'gone'], 'x')).toThrow('no field gone to make a hole in')
    expect(() => withHole(object, ['spec', 'list', '1'], 'x')).toThrow('no item 1 to make a hole in')
  })
})
