/** What the model wrote, before the server wraps it up. */
export interface Completion {
  readonly text: string
  readonly finishReason: 'stop' | 'length' | 'abort'
  /** As billed: the end-of-text token counts. */
  readonly tokens: number
  /** Distribution of the first token, most likely first, where the model weighed candidates; else undefined. */
  readonly firstToken?: readonly TokenLogprob[]
}

export interface TokenLogprob {
  readonly token: string
  readonly logprob: number
}
