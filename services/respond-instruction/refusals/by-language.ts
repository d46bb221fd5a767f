/**
 * How an assistant declines or asks back, by language. Words in lower case; each field is a list of alternatives, parted
 * by bars. English has rules of its own in `refusal.ts`.
 */
interface Listed {
  /** "I cannot": what is said of oneself. */
  readonly cannot: string
  /** The negation, where it stands apart ("ich kann … nicht"). */
  readonly not?: string
  /** What an assistant declines to do. A narrator who "cannot sleep" declines nothing. */
  readonly deeds: string
  /** "As an AI". */
  readonly asMachine: string
  /** "Please", "could you". */
  readonly please: string
  /** "Provide", "paste". */
  readonly provide: string
  /** "You have not given", "there is no text". */
  readonly missing: string
  /** What is missing. */
  readonly texts: string
}

const listed: Readonly<Record<string, Listed>> = {
  de: {
    cannot: 'ich kann|kann ich|ich darf|darf ich|ich bin|bin ich|wir können|ich werde|ich möchte',
    not: ' nicht| keine| kein ',
    deeds:
      'helfen|beantworten|erfüllen|bereitstellen|unterstütz|nachkommen|weiterhelfen|zugreifen|zugriff|' +
      'in der lage|behilflich|erstellen|übersetzen|zusammenfassen|fortfahren|anfrage|diese aufgabe|auskunft|' +
      'informationen geben',
    asMachine:
      'als ki|als künstliche intelligenz|als sprachmodell|als ein sprachmodell|als großes sprachmodell|' +
      'ich bin ein sprachmodell|ich bin eine ki|ich bin nur eine ki',
    please: 'bitte|können sie|könnten sie|kannst du|könntest du',
    provide:
      'geben sie|gib mir|gib den|gib die|stellen sie|stelle mir|stell mir|senden|sende|schicken|schick|füge|' +
      'fügen|teile|teilen|bereitstellen|zur verfügung|mitteilen|nennen sie',
    missing:
      'kein text|keinen text|keine tabelle|kein artikel|keinen artikel|keinen satz|kein satz|fehlt der|' +
      'fehlt die|fehlt das|nicht angegeben|nicht bereitgestellt|nicht mitgeschickt|nicht beigefügt|wurde kein',
    texts: 'text|artikel|satz|sätze|tabelle|code|absatz|bild|dokument|informationen|rezension|geschichte|liste'
  },
  fr: {
    cannot:
      "je ne peux|je ne suis pas en mesure|je ne puis|je ne pourrai|il m'est impossible|" +
      "je suis dans l'incapacité|je ne suis pas autorisé|je suis incapable|je ne suis pas capable|" +
      'je dois refuser|je ne dispose pas',
    deeds:
      'aider|répondre|fournir|accéder|traduire|résumer|satisfaire|assister|créer|générer|discuter|accomplir|' +
      'traiter cette|donner suite|cette demande|cette requête|vous donner|participer',
    asMachine:
      "en tant qu'ia|en tant que modèle|en tant qu'intelligence|en tant qu'assistant|je suis une ia|" +
      'je suis un modèle de langage|je suis une intelligence artificielle',
    please: "veuillez|pourriez-vous|pouvez-vous|peux-tu|pourrais-tu|merci de|s'il vous plaît|s'il te plaît",
    provide: 'fournir|envoyer|partager|coller|donner|indiquer|préciser|transmettre|communiquer',
    missing:
      "vous n'avez pas fourni|vous n'avez fourni|tu n'as pas fourni|aucun texte|aucun article|aucune phrase|" +
      "aucun tableau|pas de texte|est manquant|n'a pas été fourni|n'est pas fourni|n'avez pas inclus",
    texts: 'texte|article|phrase|tableau|code|paragraphe|image|document|informations|avis|histoire|liste'
  },
  es: {
    cannot:
      'no puedo|no me es posible|no estoy en condiciones|no soy capaz|no podré|no tengo la capacidad|' +
      'no tengo acceso|no estoy autorizado|no me permite|debo rechazar',
    deeds:
      'ayudar|responder|proporcionar|acceder|traducir|resumir|cumplir|asistir|crear|generar|hablar de|atender|' +
      'esta solicitud|esa solicitud|participar|a internet|brindar|dar información|continuar',
    asMachine:
      'como ia|como una ia|como modelo de lenguaje|como un modelo de|como inteligencia artificial|' +
      'como asistente|soy una ia|soy un modelo de lenguaje|soy una inteligencia artificial',
    please: 'por favor|¿podrías|¿podría|¿puedes|¿puede|podrías|podría',
    provide: 'proporcion|envía|envíe|enviar|compart|pega|pegue|facilit|indica|indique|adjunt',
    missing:
      'no has proporcionado|no ha proporcionado|no proporcionaste|ningún texto|ningún artículo|ninguna frase|' +
      'no hay ningún texto|falta el texto|no se ha proporcionado|no se proporcionó|no has incluido|' +
      'no se incluyó',
    texts: 'texto|artículo|frase|oración|tabla|código|párrafo|imagen|documento|información|reseña|historia|lista'
  },
  pt: {
    cannot:
      'não posso|não consigo|não me é possível|não sou capaz|não poderei|não tenho acesso|não estou autorizado|' +
      'não tenho permissão|preciso recusar|não tenho a capacidade',
    deeds:
      'ajudar|ajudá|responder|fornecer|acessar|aceder|traduzir|resumir|cumprir|atender|auxiliar|criar|gerar|' +
      'falar sobre|essa solicitação|esta solicitação|esse pedido|este pedido|participar|à internet|' +
      'dar informações|continuar',
    asMachine:
      'como ia|como uma ia|como modelo de linguagem|como um modelo de|como inteligência artificial|' +
      'como assistente|sou uma ia|sou um modelo de linguagem|sou uma inteligência artificial',
    please: 'por favor|poderia|você pode|pode |poderias',
    provide: 'forneça|fornecer|envie|enviar|compartilh|partilh|cole |colar|indique|informe|disponibiliz',
    missing:
      'você não forneceu|não foi fornecido|não foi fornecida|nenhum texto|nenhum artigo|nenhuma frase|' +
      'não há texto|falta o texto|não incluiu|não enviou',
    texts: 'texto|artigo|frase|tabela|código|parágrafo|imagem|documento|informações|avaliação|história|lista'
  },
  it: {
    cannot:
      'non posso|non sono in grado|non mi è possibile|non potrò|non riesco|non ho accesso|non sono autorizzato|' +
      'non ho la possibilità|devo rifiutare|non ho la capacità',
    deeds:
      'aiutar|rispondere|fornire|accedere|tradurre|riassumere|soddisfare|assister|creare|generare|parlare di|' +
      'questa richiesta|tale richiesta|partecipare|a internet|dare informazioni|continuare',
    asMachine:
      'come ia|come modello linguistico|come un modello|come intelligenza artificiale|come assistente|' +
      'in quanto ia|in quanto modello|in quanto intelligenza|sono un modello linguistico|' +
      "sono un'intelligenza artificiale|sono un'ia",
    please: 'per favore|per piacere|potresti|potrebbe|puoi |può |ti prego|la prego',
    provide: 'fornir|fornisci|fornisca|invia|inviar|condivid|incolla|indica|mandar|fornirmi|dammi',
    missing:
      'non hai fornito|non ha fornito|nessun testo|nessun articolo|nessuna frase|manca il testo|' +
      'non è stato fornito|non è stata fornita|non hai incluso',
    texts: 'testo|articolo|frase|tabella|codice|paragrafo|immagine|documento|informazioni|recensione|storia|elenco'
  },
  ru: {
    cannot:
      'я не могу|не могу я|я не в состоянии|я не способ|я не имею возможности|у меня нет возможности|' +
      'у меня нет доступа|я не имею доступа|я вынужден отказать|не смогу|не могу',
    deeds:
      'помочь|помогать|ответить|отвечать|предоставить|выполнить|перевести|обобщить|получить доступ|к интернету|' +
      'создать|создавать|обсуждать|продолжить|этот запрос|ваш запрос|данный запрос|доступа|участвовать|с этим',
    asMachine:
      'как ии|как языковая модель|как искусственный интеллект|как ассистент|я языковая модель|' +
      'я искусственный интеллект|я — языковая модель|будучи языковой|являясь языковой|я всего лишь языковая',
    please: 'пожалуйста|не могли бы вы|могли бы вы|прошу',
    provide: 'предостав|пришлите|пришли|отправьте|вставьте|поделитесь|укажите|приведите|дайте',
    missing:
      'вы не предоставили|вы не указали|текст отсутствует|не был предоставлен|не предоставлен|нет текста|' +
      'вы не приложили|не указан',
    texts: 'текст|стать|предложение|таблиц|код|абзац|изображени|документ|информаци|отзыв|рассказ|список'
  },
  zh: {
    cannot:
      '我无法|我不能|我没有办法|我没法|无法为您|无法为你|不能为您|不能为你|我无权|我没有能力|我不便|无法提供|无法帮助|无法回答',
    deeds:
      '帮助|协助|回答|提供|满足|完成|翻译|总结|访问|生成|创建|讨论|继续|这个请求|该请求|您的请求|你的请求|参与|处理',
    asMachine:
      '作为ai|作为一个ai|作为人工智能|作为一个人工智能|作为语言模型|作为一个语言模型|作为一款|我是一个语言模型|我是ai|我只是一个ai|我是人工智能',
    please: '请|能否|可以请|麻烦',
    provide: '提供|发送|发给|粘贴|分享|给出|上传|补充',
    missing: '您没有提供|你没有提供|没有提供|未提供|没有给出|缺少|没有看到|未看到',
    texts: '文本|文章|句子|表格|代码|段落|图片|文件|信息|评论|故事|内容|列表|原文'
  },
  ja: {
    cannot: '申し訳|できません|いたしかねます|しかねます|出来ません|お答えできない|残念ながら|すみません',
    not: 'できません|できない|いたしかねます|しかねます|出来ません|かねます',
    deeds: 'お手伝い|お答え|回答|提供|対応|応じ|翻訳|要約|アクセス|生成|作成|リクエスト|ご要望|お応え|支援|手助け|でき',
    asMachine:
      'aiとして|aiアシスタントとして|言語モデルとして|人工知能として|私はaiです|私はaiなので|私は言語モデル|私は人工知能',
    please: 'ください|下さい|いただけますか|お願い',
    provide: '提供し|ご提供|送っ|貼り付け|共有|教えて|示し|入力し|お送り',
    missing:
      '提供されていません|含まれていません|見当たりません|示されていません|記載されていません|添付されていません',
    texts: '文章|テキスト|記事|文|表|コード|段落|画像|資料|情報|レビュー|物語|リスト|本文'
  },
  ar: {
    cannot:
      'لا أستطيع|لا يمكنني|لست قادر|لا أتمكن|لن أتمكن|لن أستطيع|غير قادر|ليس بإمكاني|لا يسعني|ليس لدي إمكانية|' +
      'ليست لدي',
    deeds: 'مساعد|الإجابة|الرد|تقديم|تلبية|ترجمة|تلخيص|الوصول|إنشاء|مناقشة|هذا الطلب|طلبك|المشاركة|توفير|إكمال|إعطا',
    asMachine:
      'بصفتي نموذج|بصفتي ذكاء|كنموذج لغ|كذكاء اصطناعي|بصفتي مساعد|أنا نموذج لغ|أنا ذكاء اصطناعي|باعتباري نموذج|' +
      'باعتباري ذكاء',
    please: 'يرجى|من فضلك|الرجاء|هل يمكنك|أرجو',
    provide: 'تقديم|تزويد|إرسال|لصق|مشاركة|توفير|ذكر|إدخال',
    missing: 'لم تقدم|لم يتم تقديم|لا يوجد نص|لم تذكر|لم ترفق|لم يتم توفير|النص غير|لم تزود',
    texts: 'النص|نص|المقال|الجملة|الجدول|الكود|الفقرة|الصورة|المستند|المعلومات|المراجعة|القصة|القائمة'
  }
}

export type RefusalWords = { readonly [Field in keyof Listed]: readonly string[] }

const words = (list: string): readonly string[] => list.split('|')

export const refusalWords: readonly RefusalWords[] = Object.values(listed).map(
  ({ cannot, not, deeds, asMachine, please, provide, missing, texts }) => ({
    cannot: words(cannot),
    ...(not === undefined ? {} : { not: words(not) }),
    deeds: words(deeds),
    asMachine: words(asMachine),
    please: words(please),
    provide: words(provide),
    missing: words(missing),
    texts: words(texts)
  })
)
