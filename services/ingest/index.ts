/** Documents from files, folders and standard input, exactly once. */
export { ingestStage, ingestTopics } from './batch.ts'
export { ingestReasons } from './document-of-line.ts'
export { type IngestOptions, type IngestReport, ingest } from './ingest.ts'
