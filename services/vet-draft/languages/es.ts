import type { Language } from '../reading/language.ts'

export const spanish: Language = {
  code: 'es',
  adjectivesFollow: true,
  words: {
    the: 'el la los las lo al del',
    this: 'este esta estos estas ese esa esos esas ambos ambas',
    pointing:
      'siguiente siguientes dado dada dados dadas proporcionado proporcionada proporcionados proporcionadas anterior anteriores anteriormente adjunto arriba abajo mencionado mencionada mencionados mencionadas citado citada',
    a: 'un una unos unas cada algún alguna algunos cualquier varios varias tu tus su_propia nuestro mi mis vuestro qué cuál cuáles',
    possessive: 'su sus',
    number: 'dos tres cuatro cinco primer primera segundo segunda último última',
    small: 'no también muy bien siempre',
    text: `texto textos pasaje pasajes fragmento fragmentos párrafo párrafos artículo artículos documento documentos reseña reseñas crítica
      tuit tuits tweet tweets comentario comentarios publicación titular titulares oración oraciones frase frases enunciado enunciados
      cita citas correo correos mensaje mensajes carta cartas diálogo diálogos conversación conversaciones entrevista discurso ensayo
      ensayos informe informes poema poemas estrofa historia historias relato relatos cuento cuentos fábula fábulas novela chiste
      adivinanza refrán proverbio expresión línea receta descripción afirmación afirmaciones argumento argumentos resumen pregunta
      preguntas libro anuncio tesis capítulo canción noticia`,
    soft: `reseñas comentarios historias textos artículos frases oraciones cuentos poemas fábulas conversaciones diálogos mensajes tuits crítica publicación cita citas correo mensaje carta cartas discurso novela chiste adivinanza refrán proverbio expresión línea
      receta descripción argumento argumentos resumen pregunta preguntas libro anuncio capítulo canción noticia tabla tablas lista
      listas datos información hechos gráfico diagrama código programa función script números palabras elementos términos imagen
      conclusión ensayo informe entrevista tesis puntos historia`,
    items:
      'tabla tablas lista listas datos información hechos gráfico diagrama código programa función script números palabras elementos términos imagen puntos',
    logic: 'hipótesis premisa premisas conclusión',
    claim: 'afirmación afirmaciones argumento hipótesis premisa tesis enunciado',
    work: 'historia historias poema poemas novela cuento cuentos fábula fábulas relato canción libro ensayo carta',
    askable: 'adivinanza chiste pregunta preguntas oración frase titular mensaje diálogo',
    term: 'palabra término expresión refrán título',
    option: 'categoría categorías opciones pasos aspectos criterios temas grupos palabras términos',
    aspect: `título argumentos argumento palabras gramática ortografía falta valor final idea ideas tema temas tono ánimo sentimiento sentimientos emoción emociones actitud significado mensaje trama propósito moraleja
      lección personaje personajes protagonista héroe estructura estilo resultado error errores título género resumen resto positivo
      negativo neutro fila columna razones causas`,
    teller: 'autor autora narrador narradora hablante poeta escritor',
    tongue: 'español inglés francés alemán italiano latín ruso chino',
    compound: 'genético periódica nula postal penal civil morse fuente',
    kind: 'misma mismo',
    consume: `resume resumir resuma resuman traduce traduzca traducir clasifica clasifique clasificar reescribe reescriba reescribir convierte
      convierta convertir transforma transforme analiza analice analizar determina determine identifica identifique evalúa evalúe lee lea
      leer simplifica simplifique condensa corrige corrija completa complete explica explique describe describa ordena ordene responde
      responda compara compare parafrasea reformula contradicen contradice deduce usa utiliza`,
    create:
      'escribe escriba escribir redacta redacte redactar compón crea cree crear inventa invente imagina imagine genera genere elabora elabore diseña escribió',
    exist: 'he_aquí considera considere aquí_está',
    tells: `falta dice expresa muestra significa contiene describe afirma menciona usa sigue apoya contradice pertenece enseña termina comienza
      hace quiere presenta sugiere cuenta transmite es son`,
    auxiliary: 'es son era eran será serán ha han puede pueden debe deben fue hay',
    of: 'de del',
    about: 'sobre entre por tras según',
    with: 'a al para con como contra hacia',
    in: 'en dentro_de',
    that: 'que quien cuyo donde',
    and: 'y e o u pero ni',
    source: 'según de_acuerdo_con a_partir_de basado_en basándote_en en_base_a con_la con_base_en con',
    participle: 'mencionadas mencionados mencionada mencionado citadas proporcionada proporcionados',
    pronoun: 'tú usted él ella nosotros ellos ellas yo uno',
    question: 'qué quién cómo cuándo dónde cuál cuáles cuánto por_qué es son se',
    directive: 'justifica da asegúrate usa tu_respuesta la_respuesta',
    generic: 'de_tu_elección de_su_elección cualquiera',
    program: 'función programa python javascript sql algoritmo script',

    day: 'hoy ayer mañana ahora anteayer',
    soon: 'pronto próximamente',
    period: 'reciente recientes recientemente actual actuales actualmente últimamente',
    always: 'hoy_en_día en_la_actualidad hoy_día en_estos_momentos en_este_momento',
    'this-time': 'último última últimos últimas próximo próxima próximos próximas pasado pasada',
    'time-noun': `semana semanas mes meses año años década décadas verano avances noticias tendencias investigaciones descubrimientos
      desarrollos progresos elecciones versión modelos estadísticas temporada`,
    future: 'estrenarán será serán va van saldrá saldrán llegará podrá podrán es está',
    saying: 'se_dice refrán proverbio dicho adagio expresión máxima lema',
    story: 'historia poema cuento relato diálogo carta diario correo novela canción escena discurso',
    suppose: 'si imagina imagine supón supongamos cuando',
    physics: 'corriente',
    idiom: 'por_la_mañana de_la_mañana la_mañana una_mañana cada_mañana las_mañanas tan_pronto',
    past: 'siglo siglos edad_media antigüedad entonces',
    name: 'nombre nombres título apellido',
    called: 'llama llaman llamaba',
    who: 'quién quiénes',
    state: 'da dé nombra nombre indica indique menciona cita di',
    role: `autor autora narrador personaje personaje_principal protagonista héroe restaurante hotel hombre mujer niño niña perro gato pueblo
      ciudad empresa compañía profesor médico escuela libro película tienda calle persona artista hablante paciente`,
    achieved: 'inventó descubrió fundó escribió pintó',
    most: 'más primer primera capital',
    assistant: 'tu_nombre su_nombre_y te_llamas se_llama_usted eres_tú quién_eres'
  }
}
