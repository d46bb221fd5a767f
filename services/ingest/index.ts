/** Documents from files, folders and standard input, exactly once. */
export { ingestStage, ingestTopics } from './batch.ts'
export { documentOfLine, ingestReasons, textFields } from './document-of-line.ts'
export { emptyReport, type IngestOptions, type IngestReport, ingest, isAllUnusable } from './ingest.ts'
export type { Source } from './sources.ts'
export { type Survey, survey } from './survey.ts'
