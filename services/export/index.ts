/** Pairs as files that training tools open, and where they come from. */
export { findCut, recordCut } from './cuts.ts'
export { type Exported, exportTo, exportToFolder } from './export-pairs.ts'
export { ForeignFolder } from './folder.ts'
export { type FormatName, formats, pairFormats } from './formats.ts'
export { endsOfPairs, type PairsLog, pairsBelow } from './pairs-on-log.ts'
export { type CutRule, cutRules, everything, type Selection, select } from './selection.ts'
export { openTextFile, type TextSink, textSink } from './text-file.ts'
