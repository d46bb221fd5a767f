import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { prometheusText } from '../../../engine/telemetry/prometheus.ts'
import { snapshot } from '../../support/simulated/snapshots.ts'

const text = prometheusText(snapshot({ halt: 'input-gone' }), 'fanno')
const names = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name!)

it('the documentation lists every metric, and no other', () => {
  const page = readFileSync(new URL('../../../docs/telemetry.md', import.meta.url), 'utf8')
  const listed = new Set(
    page
      .match(/fanno_[a-z_]+(?=[`{])/g)
      ?.filter(name => !/^fanno_(?:stage|outcome|reason|commit_result|move|halt_code)$/.test(name))
  )
  expect([...listed].sort()).toEqual([...names].sort())
})

it('the names keep to the conventions of Prometheus, as promtool has them', ({ skip }) => {
  const found = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
  const isMissing = found.error !== undefined
  if (isMissing && process.env.KAFKA_TESTS === 'required') throw found.error
  skip(isMissing, 'promtool is not installed (Debian: prometheus)')
  expect([found.status, found.stdout, found.stderr]).toEqual([0, '', ''])
})
