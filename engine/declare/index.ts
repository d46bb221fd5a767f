/** The contract: all that a stage's author needs. */
export * from './ask.ts'
export * from './ids.ts'
export * from './outcome.ts'
export * from './prompt.ts'
export * from './stage.ts'
export * from './topic.ts'
export * from './topology.ts'
export * from './view.ts'
