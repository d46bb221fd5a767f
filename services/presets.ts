import type { z } from 'zod'
import type { admitInstruction } from './admit-instruction/stage.ts'
import type { augmentInstruction } from './augment-instruction/stage.ts'
import type { diversifyPassage } from './diversify-passage/stage.ts'
import type { judgeResponse } from './judge-response/stage.ts'
import type { respondInstruction } from './respond-instruction/stage.ts'
import type { screenPassage } from './screen-passage/stage.ts'
import type { seedInstruction } from './seed-instruction/stage.ts'
import type { segmentDocument } from './segment-document/stage.ts'
import type { vetDraft } from './vet-draft/stage.ts'

type SettingsOf<Stage extends { readonly settings: z.ZodType }> = Partial<z.infer<Stage['settings']>>

/** Settings by stage name, only those that differ from the stages' own defaults. A wrong name does not compile. */
export interface StageSettings {
  readonly 'segment-document'?: SettingsOf<typeof segmentDocument>
  readonly 'screen-passage'?: SettingsOf<typeof screenPassage>
  readonly 'diversify-passage'?: SettingsOf<typeof diversifyPassage>
  readonly 'seed-instruction'?: SettingsOf<typeof seedInstruction>
  readonly 'augment-instruction'?: SettingsOf<typeof augmentInstruction>
  readonly 'vet-draft'?: SettingsOf<typeof vetDraft>
  readonly 'admit-instruction'?: SettingsOf<typeof admitInstruction>
  readonly 'respond-instruction'?: SettingsOf<typeof respondInstruction>
  readonly 'judge-response'?: SettingsOf<typeof judgeResponse>
}

export const presets = {
  /** What the stages declare: meant for a stream that does not end. */
  default: {},

  /**
   * As the paper did it: passages that resemble no other are left out, ten seed passages with the whole grid, none
   * after them, and no augmentation before 60 pairs, below which the reference cannot draw.
   */
  paper: {
    'diversify-passage': {
      minCommunitySize: 2,
      seedPassages: 10,
      seedEvery: Number.MAX_SAFE_INTEGER,
      cellsPerSeed: 96
    },
    'augment-instruction': { minPool: 60 }
  },

  /**
   * A first look in minutes: few cells for each of many seeds, so that pairs come from many documents, and an early
   * start of the augmentation. 10 seeds of 12 cells are 120 drafts, of which some two thirds become pairs.
   */
  quickstart: {
    'diversify-passage': { seedPassages: 10, cellsPerSeed: 12 },
    'augment-instruction': { minPool: 20 }
  }
} satisfies Readonly<Record<string, StageSettings>>

export type PresetName = keyof typeof presets
