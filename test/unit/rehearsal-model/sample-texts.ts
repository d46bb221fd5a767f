/** Plain prose to ask about: sentences in random company, the same ones in every run. */
import { randomFrom } from '../../../engine/declare/index.ts'

const sentences = `Most gardens recover slowly after a long drought, because the upper soil loses its structure first.
Deep roots find moisture where shallow ones fail, and old trees therefore outlive many younger neighbours.
Farmers learned to cover bare ground with straw so that rain would soak in rather than run off.
A thin layer of compost feeds the insects that keep harmful larvae in check.
Bridges carry their own weight before they carry anything else, which is why engineers begin with the dead load.
A suspension cable turns bending into tension, and steel resists tension far better than bending.
Wind caused the most famous collapse of the last century, although the deck had been strong enough for traffic.
Small models in a tunnel showed how vortices grew behind the girders.
Bread rises because yeast turns sugar into gas, and gluten holds the bubbles in place.
A dough left overnight in a cool room develops flavour that a quick rise cannot match.
Bakers judge readiness with a fingertip: a dent that fills slowly means that the loaf can go into the oven.
Too much heat at the start seals the crust before the crumb has expanded.
Migratory birds steer by the sun, by stars and by the magnetic field, and they weigh these cues against each other.
Young cuckoos cross a continent alone, guided by nothing but inherited directions.
Storms push whole flocks out to sea, where lighthouses once misled thousands of them in a single night.
Ringing stations measured how much fat a warbler must store before it leaves.
Early maps left the interior of continents blank, yet merchants trusted them with their fortunes.
Surveyors measured a single baseline with great care and obtained everything else by angles.
A mountain deflects the plumb line a little, and that tiny error revealed the density of the planet.
Coastlines grow longer the more closely they are measured, which puzzled a careful meteorologist.
Musical scales divide the octave unevenly, since pure fifths never quite return to their starting note.
Tuners spread the error over all keys so that none sounds unbearable.
An organ pipe speaks more slowly in cold air, and choirs learn to wait for it.
Composers chose distant keys when they wanted tension that the listener could feel without naming it.`.split('\n')

export function samplePassages(wanted: number): string[] {
  return Array.from({ length: wanted }, (_, i) => {
    const random = randomFrom(`passage ${i}`)
    const picked = [...sentences].sort(() => random() - 0.5).slice(0, 5 + Math.floor(random() * 5))
    return picked.join(' ')
  })
}

export const advert =
  'Buy now and save! Our summer sale ends on Sunday: 50% off every mattress, free shipping and a money-back guarantee. ' +
  'Click here to subscribe to our newsletter, and get a discount on your first order. Order today while stocks last!'

/** Text between delimiters as the pipeline's prompts have them. */
export const delimited = (as: string, text: string, nonce = '5f3c9a7be210'): string =>
  `<${as}-${nonce}>\n${text}\n</${as}-${nonce}>`
