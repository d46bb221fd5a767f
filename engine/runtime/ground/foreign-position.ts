/** Another program commits for the group of a stage. */
export class ForeignPosition extends Error {
  override readonly name = 'ForeignPosition'
}

/** For whoever has to do something about it. */
export const overwrittenText = (group: string, error: ForeignPosition): string =>
  `another program commits positions as group ${group}: ${error.message}. Stop it and reset the offsets of the group to the position of this stage, or use another pipeline name.`
