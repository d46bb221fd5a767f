/** Another program commits for the group of a stage. */
export class ForeignPosition extends Error {
  override readonly name = 'ForeignPosition'
}

/** For whoever has to do something about it. */
export const overwrittenText = (group: string, error: ForeignPosition): string =>
  `another program commits positions as group ${group}: ${error.message}. Stop it, and set the offsets of the group back to where this stage stood, or give the pipeline another name.`
