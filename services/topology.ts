import { defineTopology } from '../engine/declare/index.ts'
import { admitInstruction } from './admit-instruction/stage.ts'
import { augmentInstruction } from './augment-instruction/stage.ts'
import { diversifyPassage } from './diversify-passage/stage.ts'
import { judgeResponse } from './judge-response/stage.ts'
import { respondInstruction } from './respond-instruction/stage.ts'
import { screenPassage } from './screen-passage/stage.ts'
import { seedInstruction } from './seed-instruction/stage.ts'
import { segmentDocument } from './segment-document/stage.ts'
import { documents, pairs } from './topics.ts'
import { vetDraft } from './vet-draft/stage.ts'

/** The pipeline's sentence: from documents to pairs. */
export const topology = defineTopology(documents, pairs, [
  segmentDocument, //     documents          -> passages
  screenPassage, //       passages           -> screened-passages
  diversifyPassage, //    screened-passages  -> seed-briefs, representatives
  seedInstruction, //     seed-briefs        -> drafts
  augmentInstruction, //  representatives    -> drafts
  vetDraft, //            drafts             -> vetted-drafts
  admitInstruction, //    vetted-drafts      -> instructions
  respondInstruction, //  instructions       -> responses
  judgeResponse //        responses          -> pairs
])
