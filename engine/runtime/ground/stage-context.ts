import type { AnyPlainStage, AnyStage, AnyTopic, HeaderNames } from '../../declare/index.ts'
import type { Inference } from '../../inference/port.ts'
import type { Codec } from '../../log/codec.ts'
import type { LogDriver } from '../../log/port.ts'
import type { Telemetry } from '../../telemetry/port.ts'
import type { FirstOffsets } from '../../views/first-offsets.ts'
import type { Clock } from './clock.ts'
import type { CommitPace } from './commit-pace.ts'
import type { StageConfiguration } from './configuration.ts'
import type { StageCounters } from './counters.ts'
import type { IntakeGate } from './intake-gate.ts'
import type { RuntimeLimits } from './limits.ts'
import type { LogOutage } from './outage.ts'

/** What all partitions of one stage in this process share. Built once; whatever needs less of it says which part. */
export interface StageContext {
  readonly stage: AnyStage
  readonly group: string
  /** Full name of the input topic. */
  readonly input: string
  readonly settings: unknown
  /** On every record that the stage writes. */
  readonly headers: HeaderNames
  readonly configuration: StageConfiguration
  readonly acceptChange: boolean
  /** Distance to the sink: smaller is admitted first. */
  readonly depth: number
  readonly driver: LogDriver
  readonly codec: Codec
  readonly inference: Inference
  readonly clock: Clock
  readonly limits: RuntimeLimits
  readonly counters: StageCounters
  /** Of all stages of the process. */
  readonly pace: CommitPace
  readonly outage: LogOutage
  readonly telemetry: Telemetry
  readonly repeats: FirstOffsets
  /** State of the stage's view; undefined where it declares none. */
  readonly view: unknown
  /** Full name and number of partitions of a topic. */
  place(topic: AnyTopic): { readonly topic: string; readonly partitions: number }
  readonly intake: IntakeGate
  notice(text: string): void
}

/** The group of a stage: `<pipeline>.<stage>`. */
export const groupOf = (pipeline: string, stage: Pick<AnyPlainStage, 'name'>): string => `${pipeline}.${stage.name}`
