import type { Language } from '../reading/language.ts'

export const italian: Language = {
  code: 'it',
  adjectivesFollow: true,
  elided: 'l d un dell nell all sull dall coll quell quest c m t s n dov com qual',
  words: {
    the: "il lo la i gli le l' del dello della dei degli delle dell' nel nello nella nei negli nelle nell' al allo alla ai agli alle all' dal dallo dalla dai dalle dall' sul sulla sui sulle sull'",
    this: "questo questa questi queste quest' quello quella quelli quelle quell' quel entrambi entrambe",
    pointing:
      'seguente seguenti dato data dati date fornito fornita forniti fornite precedente precedenti allegato sopra sotto menzionato menzionata menzionati menzionate citato citata',
    a: "un uno una un' ogni alcuni alcune qualche qualsiasi vari varie tuo tua tue tuoi nostro mio mia che quale quali",
    possessive: 'suo sua suoi sue loro',
    number: 'due tre quattro cinque primo prima secondo seconda ultimo ultima',
    small: 'non anche molto bene sempre',
    text: `testo testi brano brani passo estratto estratti paragrafo paragrafi articolo articoli documento documenti recensione recensioni
      tweet commento commenti post titolo titoli frase frasi enunciato citazione e-mail email mail messaggio messaggi lettera lettere
      dialogo dialoghi conversazione conversazioni intervista discorso saggio saggi rapporto relazione poesia poesie strofa storia storie
      racconto racconti fiaba favola favole romanzo barzelletta indovinello proverbio espressione riga ricetta descrizione affermazione
      affermazioni argomento argomentazione riassunto domanda domande libro annuncio tesi capitolo canzone notizia`,
    soft: `recensioni commenti storie testi articoli frasi racconti poesie favole conversazioni dialoghi messaggi passo post titolo titoli citazione messaggio lettera lettere discorso saggio romanzo barzelletta indovinello proverbio espressione
      riga ricetta descrizione argomento riassunto domanda domande libro annuncio capitolo canzone notizia tabella tabelle lista elenco
      dati informazioni fatti grafico diagramma codice programma funzione script numeri parole elementi termini immagine conclusione
      rapporto relazione intervista tesi punti storia`,
    items:
      'tabella tabelle lista elenco dati informazioni fatti grafico diagramma codice programma funzione script numeri parole elementi termini immagine punti',
    logic: 'ipotesi premessa premesse conclusione',
    claim: 'affermazione affermazioni argomentazione ipotesi premessa tesi enunciato',
    work: 'storia storie poesia poesie romanzo racconto racconti fiaba favola favole canzone libro saggio lettera',
    askable: 'indovinello barzelletta domanda domande frase titolo messaggio dialogo',
    term: 'parola termine espressione proverbio titolo',
    option: 'categoria categorie opzioni passi aspetti criteri temi gruppi parole termini',
    aspect: `titolo argomenti parole grammatica ortografia valore fine idea idee tema temi tono umore sentimento sentimenti emozione emozioni atteggiamento significato messaggio trama scopo morale
      lezione personaggio personaggi protagonista eroe struttura stile risultato errore errori titolo genere riassunto resto positivo
      negativo neutro riga colonna ragioni cause`,
    teller: 'autore autrice narratore narratrice poeta scrittore',
    tongue: 'italiano inglese francese tedesco spagnolo latino russo cinese',
    compound: 'genetico periodica nulla postale penale civile morse sorgente',
    kind: 'stessa stesso',
    consume: `riassumi riassumere riassumete traduci tradurre traducete classifica classificare classificate riscrivi riscrivere trasforma
      trasformare converti convertire analizza analizzare determina identifica valuta leggi leggere semplifica condensa correggi completa
      spiega descrivi ordina rispondi confronta parafrasa riformula contraddicono contraddice segue usa utilizza`,
    create:
      'scrivi scrivere scrivete componi comporre crea creare inventa inventare immagina genera elabora redigi scritto',
    exist: 'ecco considera',
    tells: `manca dice esprime mostra significa contiene descrive afferma menziona usa segue sostiene contraddice appartiene insegna finisce comincia
      fa vuole presenta suggerisce racconta trasmette è sono`,
    auxiliary: 'è sono era erano sarà saranno ha hanno può possono deve devono fu',
    of: "di d' del dello della dei degli delle dell'",
    about: 'su tra fra da dietro secondo',
    with: 'a in per con come contro verso',
    in: "nel nello nella nei negli nelle nell' dentro",
    that: 'che chi cui dove',
    and: 'e ed o oppure ma né',
    source: 'secondo in_base_a in_base_al in_base_alle a_partire_da basandoti_su usando utilizzando',
    participle: 'menzionate menzionati menzionata menzionato citate fornite forniti',
    pronoun: 'tu lei lui noi voi loro io',
    question: 'che chi come quando dove quale quali quanto perché cosa qual è sono',
    directive: 'giustifica fornisci assicurati usa la_tua_risposta la_risposta',
    generic: 'a_tua_scelta a_scelta qualsiasi',
    program: 'funzione programma python javascript sql algoritmo script',

    day: 'oggi ieri domani adesso ora oggigiorno',
    soon: 'presto prossimamente',
    period: 'recente recenti recentemente attuale attuali attualmente ultimamente',
    always: 'al_giorno_d_oggi oggigiorno al_momento in_questo_momento',
    'this-time': 'ultimo ultima ultimi ultime prossimo prossima prossimi prossime scorso scorsa',
    'time-noun': `settimana settimane mese mesi anno anni decennio decenni estate progressi notizie tendenze ricerche scoperte sviluppi
      elezioni versione modelli statistiche stagione novità`,
    future: 'usciranno uscirà sarà saranno arriverà potrà potranno è sono',
    saying: 'si_dice proverbio detto adagio espressione massima motto',
    story: 'storia poesia racconto fiaba dialogo lettera diario e-mail romanzo canzone scena discorso',
    suppose: 'se immagina supponi quando',
    physics: 'corrente',
    idiom: 'il_domani un_domani al_più_presto un_ora mezz_ora',
    past: 'secolo secoli medioevo antichità allora',
    name: 'nome nomi titolo cognome',
    called: 'chiama chiamano chiamava',
    who: 'chi',
    state: "di' indica nomina menziona cita fornisci",
    role: `autore autrice narratore personaggio personaggio_principale protagonista eroe ristorante albergo hotel uomo donna ragazzo ragazza
      bambino cane gatto villaggio paese città azienda società professore medico scuola libro film negozio strada persona artista paziente`,
    achieved: 'inventò scoprì fondò scrisse dipinse inventato scoperto',
    most: 'più primo prima capitale',
    assistant: 'il_tuo_nome tuo_nome ti_chiami si_chiama_lei sei_tu chi_sei'
  }
}
