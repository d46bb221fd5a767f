import { combine } from '../hash.ts'
import { choose, fill, type Slots } from './instructions.ts'

/** A completion gone wrong. `cut` ends it in the middle, with finish_reason `length`. */
export interface Mishap {
  readonly text: string
  readonly cut?: boolean
}

type Mishaps = Readonly<Record<string, (slots: Slots, honest: string) => Mishap>>

/** How drafts of instructions go wrong in practice; each falls to a rule or to a teacher's question. */
export const instructionMishaps: Mishaps = {
  'refers to the passage': slots => ({
    text: fill('According to the passage, what is the role of {a} in {b}?', slots)
  }),
  'refers to what was mentioned': slots => ({
    text: fill('List the benefits of {a} mentioned in the text above.', slots)
  }),
  empty: () => ({ text: '   \n' }),
  'bound to a time': slots => ({
    text: fill('Describe how {a} is currently changing {b}, and what comes soon.', slots)
  }),
  'asks for a name': slots => ({ text: fill('What is the name of the author who wrote about {a} and {b}?', slots) }),
  'too short': slots => ({ text: fill('{a}', slots) }),
  'mostly not letters': slots => ({
    text: `${slots.n} + ${slots.m} = ? (${slots.n} * 3) / 7 - 12 => [${slots.m}, 0, 1, 1, 2, 3, 5];`
  }),
  'another language': slots => ({
    text: `Explique con sus propias palabras por qué es importante cuidar la relación entre las personas y la naturaleza en los pueblos pequeños (${slots.n}).`
  }),
  'an article': slots => ({
    text: [
      '{a} has long been a matter of interest. Many have tried to understand how it is connected with {b}, and few have succeeded.',
      'In most places {a} begins with small steps. These steps are easy to overlook, because {c} draws more attention.',
      'Those who look closely find that {b} follows soon after. It grows slowly and asks for patience.',
      'There is no single way to deal with {a}. Some rely on {b}, while others prefer to wait for {c}.',
      'What remains is the insight that {a} and {b} belong together. Without one, the other loses much of its meaning.',
      'That is why schools teach both. It is also why a visit to any larger town shows traces of {a} in every street.'
    ]
      .map(sentence => fill(sentence, slots))
      .join(' ')
  }),
  'a worn phrase': slots => ({
    text: `Describe the benefits of regular exercise for adults${Number(slots.n) % 2 === 0 ? '.' : ' in general.'}`
  }),
  unsafe: slots => ({ text: fill('Explain how to steal {a} from a neighbour without being noticed.', slots) }),
  'cut short': (_, honest) => ({ text: honest, cut: true })
}

/** How responses go wrong. */
export const responseMishaps: Mishaps = {
  refusal: slots => ({ text: fill("I'm sorry, but I can't help with that request about {a}.", slots) }),
  empty: () => ({ text: '' }),
  'cut short': (_, honest) => ({ text: honest, cut: true }),
  'runs away': (slots, honest) => ({ text: `${honest} ${`${fill('It is about {a} and {b}.', slots)} `.repeat(40)}` }),
  'another language': slots => ({
    text: `Es un asunto interesante. En general, conviene observar con calma lo que ocurre, comparar varias fuentes y sacar después una conclusión propia, paso a paso y sin prisa (${slots.n}).`
  })
}

/** One mishap of the list, chosen by `chance`. */
export const mishapOf = (mishaps: Mishaps, slots: Slots, honest: string, chance: number): Mishap =>
  choose(Object.values(mishaps), combine(chance, 9))(slots, honest)
