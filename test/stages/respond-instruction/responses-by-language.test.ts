import { describe, expect, it } from 'vitest'
import { refusal } from '../../../services/respond-instruction/refusal.ts'
import { runawayRepetition } from '../../../services/respond-instruction/repetition.ts'
import { wrongLanguage } from '../../../services/respond-instruction/response-language.ts'

/** Symptom: with `languages=de` and others, refusals passed as answers, and a translation asked for in German was turned down. */
const refusals: Readonly<Record<string, readonly string[]>> = {
  de: [
    'Es tut mir leid, aber ich kann Ihnen dabei nicht helfen.',
    'Leider kann ich diese Frage nicht beantworten.',
    'Als KI-Sprachmodell habe ich keine persönlichen Erfahrungen und kann nicht darüber urteilen.',
    'Bitte geben Sie mir den Text, den ich zusammenfassen soll.',
    'Ich bin nicht in der Lage, auf das Internet zuzugreifen.'
  ],
  fr: [
    'Je suis désolé, mais je ne peux pas vous aider avec cette demande.',
    "En tant qu'IA, je ne peux pas donner d'avis.",
    'Pourriez-vous me fournir le texte à résumer ?',
    "Vous n'avez pas fourni le texte de l'article."
  ],
  es: [
    'Lo siento, pero no puedo ayudarte con eso.',
    'Como modelo de lenguaje, no puedo opinar sobre este tema.',
    'Por favor, proporciona el texto que quieres resumir.'
  ],
  pt: ['Desculpe, mas não posso ajudar com esse pedido.', 'Por favor, forneça o texto a ser resumido.'],
  it: ['Mi dispiace, ma non posso aiutarti con questa richiesta.', 'Per favore, fornisci il testo da riassumere.'],
  ru: [
    'Извините, но я не могу помочь с этим запросом.',
    'Как языковая модель, я не могу выражать мнение.',
    'Пожалуйста, предоставьте текст статьи.'
  ],
  zh: [
    '很抱歉，我无法提供这方面的帮助。',
    '作为一个人工智能，我不能发表个人意见。',
    '请提供需要翻译的文本。',
    '您没有提供文章的内容。'
  ],
  ja: [
    '申し訳ありませんが、そのご要望にはお応えできません。',
    '要約する文章を提供してください。',
    'AIとして、個人的な意見を述べることはできません。'
  ],
  ar: [
    'عذرًا، لا أستطيع مساعدتك في هذا الطلب.',
    'يرجى تقديم النص الذي تريد تلخيصه.',
    'بصفتي نموذج لغوي، لا يمكنني إبداء رأي.'
  ]
}

/** They answer, though they hold some of the words. */
const answers: Readonly<Record<string, readonly string[]>> = {
  de: [
    'Es tut mir leid, ich kann heute nicht kommen, schrieb Anna ihrem Bruder.',
    'Eis schwimmt, weil es leichter ist als Wasser. Das kann man nicht leicht erklären, aber es lässt sich messen.',
    'Ich konnte die ganze Nacht nicht schlafen, begann der Brief.',
    'Bitte schreiben Sie deutlich, heißt es auf dem Formular.',
    'Für diese Aufgabe gibt es keine einfache Lösung; ich bin nicht sicher, ob eine existiert.'
  ],
  it: [
    'Der Text beschreibt eine Stadt am Meer.',
    'Il ghiaccio galleggia perché è meno denso.',
    'Non posso dimenticare quel giorno, disse il vecchio.'
  ],
  fr: [
    'La glace flotte parce que sa densité est plus faible que celle de l’eau.',
    '« Je ne peux pas venir ce soir », répondit-elle.',
    'Le texte fournit trois raisons.'
  ],
  es: [
    'El hielo flota porque es menos denso que el agua.',
    'No puedo dormir, dijo el niño.',
    'La tabla proporciona los datos de tres ciudades.'
  ],
  pt: ['O gelo flutua porque é menos denso que a água.', 'Não posso esquecer aquele verão, escreveu ela.'],
  ru: [
    'Лёд плавает, потому что он легче воды.',
    'Я не могу забыть тот день, сказал старик.',
    'Текст рассказывает о городе у моря.'
  ],
  zh: [
    '冰浮在水面上，因为它的密度比水小。',
    '这个句子的主语是“老人”。',
    '我不能忘记那个夏天，她写道。',
    '请注意，水在零度结冰。这个信息很重要。'
  ],
  ja: ['氷は水より密度が小さいので浮きます。', 'この文の主語は「老人」です。', '文章の要点は三つあります。'],
  ar: ['يطفو الجليد لأن كثافته أقل من كثافة الماء.', 'لا أستطيع أن أنسى ذلك الصيف، كتبت.', 'النص يصف مدينة على البحر.']
}

const flat = (cases: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(cases).flatMap(([language, texts]) => texts.map(text => [language, text] as const))

describe('a refusal in another language than English', () => {
  it.each(flat(refusals))('is told, %s: %s', (_, response) => {
    expect(refusal(response)).toBe(response.replaceAll('’', "'"))
  })

  it.each(flat(answers))('is no answer that holds its words, %s: %s', (_, response) => {
    expect(refusal(response)).toBeUndefined()
  })

  it('is looked for in all nine', () => {
    expect(Object.keys(refusals).toSorted()).toEqual(['ar', 'de', 'es', 'fr', 'it', 'ja', 'pt', 'ru', 'zh'])
    expect(Object.keys(answers).toSorted()).toEqual(Object.keys(refusals).toSorted())
  })

  it.each(['ich kann nicht ', 'no puedo ', 'я не могу ', '请提供', 'لا أستطيع '])('ends on hostile text: %j', unit => {
    refusal(unit.repeat(100_000))
  })
})

const english = 'Ice floats on water because it is less dense than the water below it, and so it rises.'
const spanish = 'El hielo flota sobre el agua porque es menos denso que el agua que tiene debajo, y por eso sube.'
const chinese =
  '冰会浮在水面上，因为冰的密度比下面的水要小，所以它会向上升起，一直浮在水的表面，不会沉到水底下去，这是一个很重要的现象。'

describe('the language of a response', () => {
  it.each([
    ['Übersetze den Satz „Eis schwimmt auf dem Wasser“ ins Spanische.', spanish],
    ['Schreibe auf Englisch einen Satz darüber, warum Eis schwimmt.', english],
    ['Traduis la phrase « La glace flotte sur l’eau » en espagnol.', spanish],
    ['Traduce la oración «El hielo flota sobre el agua» al inglés.', english],
    ['Traduza a frase "O gelo flutua na água" para o espanhol.', spanish],
    ['Traduci la frase «Il ghiaccio galleggia sull’acqua» in inglese.', english],
    ['Переведите предложение «Лёд плавает на воде» на английский язык.', english],
    ['把句子“冰浮在水面上”翻译成英文。', english],
    ['「氷は水に浮きます」という文を英語に翻訳してください。', english],
    ['ترجم الجملة «يطفو الجليد على الماء» إلى الإنجليزية.', english]
  ])('may be one that the instruction names in its own: %s', (instruction, response) => {
    expect(wrongLanguage(instruction, response, false)).toBeUndefined()
  })

  it.each([
    ['Warum schwimmt Eis auf dem Wasser, obwohl es fest ist?', spanish, 'es'],
    ['Pourquoi la glace flotte-t-elle sur l’eau ?', chinese, 'zh'],
    ['冰为什么会浮在水面上，而不会沉下去？', spanish, 'es'],
    ['Why did the Germans build castles above the river Rhine?', spanish, 'es']
  ])('is wrong where nothing calls for it: %s', (instruction, response, language) => {
    expect(wrongLanguage(instruction, response, false)).toBe(language)
  })
})

describe('repetition in a script without spaces', () => {
  it('is a refrain while it is short, and a loop when it goes on', () => {
    const verse = '春天在哪里呀，'
    expect(runawayRepetition(`${verse.repeat(6)}春天在那青翠的山林里。`)).toBeUndefined()
    expect(runawayRepetition(verse.repeat(40))).toContain('times')
  })
})
