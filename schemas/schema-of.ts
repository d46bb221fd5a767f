/** The schema of a record, by the name of its file: `pair`, `private/cut`. */
export const schemaOf = (name: string): URL => new URL(`./${name}.avsc`, import.meta.url)
