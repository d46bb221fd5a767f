/**
 * The contract: all that a stage's author needs. A stage that asks one question about each record:
 *
 *     export const screenTicket = defineStage({
 *       name: 'screen-ticket',
 *       summary: 'Rejects spam.',
 *       reads: tickets,
 *       writes: { kept: screenedTickets },
 *       asks: { spam: yesNo('classifier', definePrompt(file, z.object({ ticket: delimited }))) },
 *       rejects: ['spam'],
 *       settings: z.object({ threshold: z.number().min(0).max(1).default(0.5) }),
 *       question: ({ id, text }) => ({ ask: { spam: { ticket: delimit('ticket', id, text) } } }),
 *       decide: ({ text }, { spam: { probability } }, { settings: { threshold } }) =>
 *         probability > threshold ? { rejected: 'spam', score: probability } : { to: 'kept', values: [{ text }] }
 *     })
 *
 * It can be tried without a broker and without a model: `engine/testing/stage-driver.ts`.
 */
export * from './ask.ts'
export * from './header-names.ts'
export * from './ids.ts'
export * from './outcome.ts'
export * from './prompt.ts'
export * from './stage.ts'
export * from './topic.ts'
export * from './topology.ts'
export * from './view.ts'
