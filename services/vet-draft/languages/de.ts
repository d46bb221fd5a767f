import type { Language } from '../reading/language.ts'

export const german: Language = {
  code: 'de',
  verbsMayFollow: true,
  capitalNouns: true,
  words: {
    the: 'der die das den dem des im am vom zum zur ins ans beim',
    this: 'dieser diese dieses diesen diesem jener jene jenes jenen jenem beide beiden beider',
    pointing:
      'folgend* nachfolgend* gegeben* vorliegend* obig* obenstehend* untenstehend* angegeben* bereitgestellt* genannt* erwähnt* zur_verfügung_gestellt* oben unten',
    a: 'ein eine einen einem einer eines kein keine keinen keinem jeder jede jedes jeden jedem irgendein* einige mehrere manche viele dein deine deinen deinem deiner ihr ihre ihren ihrem unser* welche welcher welches welchen man',
    possessive: 'sein seine seinen seinem seiner',
    number: 'zwei drei vier fünf sechs zehn erste ersten zweite zweiten dritte dritten',
    small: 'nicht auch nur sehr bitte dann wohl wahrscheinlich',
    text: `text textes texte texten passage passagen abschnitt* absatz absatzes absätze* artikel artikels artikeln dokument*
      rezension* bewertung* tweet* kommentar* beitrag* schlagzeile* überschrift* satz satzes sätze* aussage* zitat* e-mail*
      email* mail nachricht* brief briefe* dialog* gespräch* unterhaltung* interview* rede reden aufsatz* bericht* gedicht*
      strophe* geschichte* erzählung* fabel* märchen* roman romans romane* witz* rätsel* sprichwort* sprichwörter* ausdruck*
      zeile zeilen rezept* beschreibung* behauptung* argument* auszug* ausschnitt* zusammenfassung* frage fragen buch buches
      anzeige* these thesen kapitel* lied lieder* szenario* meldung*`,
    soft: `nachricht* brief briefe* rede reden ausdruck* zeile zeilen rezept* beschreibung* argument* zusammenfassung* frage fragen
      buch buches kapitel* lied lieder* roman romans romane* sprichwort* rätsel* witz* aufsatz* beitrag* tabelle* liste* daten
      informationen fakten diagramm* code codes programm* funktion* skript* zahl zahlen wörter* begriffe* ausgabe* bild bilder*
      punkte* angaben szenario* schlussfolgerung* anzeige* bericht* geschichte these thesen märchen* fabel* meldung*`,
    items: `tabelle* liste* daten informationen fakten diagramm* code codes programm* funktion* skript* zahl zahlen wörter wörtern
      begriffe* bild bilder* punkte* angaben stichpunkte* zeilen`,
    logic: 'hypothese* prämisse* schlussfolgerung*',
    claim: 'aussage* behauptung* argument* hypothese* prämisse* these',
    work: 'geschichte* gedicht* roman* lied* fabel* märchen* erzählung* buch* aufsatz* brief*',
    askable: 'rätsel* witz* frage fragen satz überschrift* nachricht* dialog*',
    term: 'wort wortes wörter begriff begriffs ausdruck sprichwort titel',
    option: 'kategorie* option* möglichkeit* schritte* aspekte* kriterien themen gruppen begriffe wörter wörtern',
    aspect: `überschrift* argumente argument wort wörter grammatik rechtschreibung fehler einheit wert abschnitt hauptaussage kernaussage hauptgedanke idee thema themen ton stimmung gefühl gefühle emotion haltung bedeutung botschaft
      handlung zweck moral lehre hauptfigur hauptfiguren figur figuren aufbau stil ausgabe fehler titel gattung zusammenfassung
      rest hauptargument positiv negativ neutral reihe zeile spalte gründe ursachen`,
    teller: 'autor autors autorin verfasser* erzähler* sprecher* dichter*',
    tongue: 'deutsch* englisch* französisch* spanisch* italienisch* latein* russisch* chinesisch*',
    kind: 'genetisch* selben selbe gleiche* öffentlich* dreieck periodisch* lang langen',
    consume: `fasse fassen zusammenfassen übersetze übersetzen übersetzt ordne ordnen klassifiziere* formuliere formulieren umformulieren
      wandle umwandeln wandeln analysiere* bestimme* bewerte bewerten beurteile* lies lesen vereinfache* kürze kürzen ergänze* korrigiere* erkläre
      erläutere beschreibe sortiere sortieren verwandle* beantworte* vergleiche* nenne untersuche* gib setze paraphrasiere* widersprechen widerspricht
      benenne identifiziere* drücke mache zeige fortsetzen fahre nutze verwende`,
    create:
      'schreibe schreib schreiben verfasse verfassen erstelle erstellen erfinde* entwirf entwerfen dichte erzeuge* gestalte* denke_dir schreibt',
    exist: 'gegeben_ist gegeben_sei hier_ist lies angenommen',
    tells: `fehlt fehlen steht stehen sagt aussagt ausdrückt drückt zeigt bedeutet enthält beschreibt behauptet erwähnt argumentiert verwendet folgt stützt
      widerspricht gehört klingt lehrt endet beginnt geht handelt ergibt fühlt meint schildert gibt macht lässt vermittelt`,
    auxiliary: 'ist sind war waren wird werden wurde kann können soll sollen muss hat haben hatte darf mag',
    of: 'von',
    about: 'über zwischen bei nach hinter gegen von',
    with: 'für mit zu als um aus auf gegen',
    in: 'in innerhalb unter',
    that: 'dass die_sich',
    and: 'und oder aber sowie bzw',
    source: 'laut gemäß anhand basierend_auf auf_grundlage auf_basis mithilfe aufgrund ausgehend_von',
    pronoun: 'du sie er es ich wir ihr',
    question: 'was wer wie warum wieso welche welcher welches welchen wo wann wozu wodurch ist sind kann folgt',
    directive: 'achte begründe nenne gib verwende beachte halte deine die_antwort',
    generic: 'deiner_wahl beliebig*',
    program: 'funktion* programm* python javascript sql algorithm* skript*',

    day: 'heute gestern morgen jetzt nun vorgestern übermorgen heutzutage heutig* heute_abend',
    soon: 'bald demnächst',
    period:
      'aktuell* neueste* jüngste* kürzlich neulich derzeit* gegenwärtig* momentan* augenblicklich* kommend* bevorstehend* letztens unlängst demnächst',
    always: 'heutzutage zurzeit zur_zeit im_moment in_letzter_zeit in_jüngster_zeit',
    'this-time': 'letzte letzten letztes letzter nächste nächsten nächstes nächster diese diesen dieses diesem',
    'time-noun':
      'woche wochen monat monate monaten jahr jahre jahren jahres jahrzehnt jahrzehnte jahrzehnten wochenende sommer winter herbst frühling',
    future: 'wird werden kommt kommen ist sind',
    saying: 'sagt_man man_sagt heißt_es sprichwort* redensart* redewendung* motto ausdruck sprichwörtlich*',
    story: 'geschichte gedicht erzählung märchen dialog brief tagebuch* e-mail roman lied szene rede',
    suppose: 'wenn falls angenommen stell_dir_vor nimm_an sobald',
    physics: 'strom stromkreis* spannung',
    idiom:
      'am_morgen guten_morgen jeden_morgen der_morgen den_morgen eines_morgens gestern_und_heute so_bald heute_oder_morgen diese_woche_oder',
    past: 'mittelalter antike jahrhundert* damals',
    name: 'name namen vorname* nachname* titel',
    called: 'heißt heißen hieß hießen',
    who: 'wer',
    state: 'nenne gib',
    role: `autor autors autorin verfasser verfassers erzähler erzählers sprecher sprechers hauptfigur hauptperson protagonist* figur restaurant*
      hotel* mann mannes frau junge jungen mädchen* kind kindes hund hundes katze dorf dorfes stadt firma unternehmen* lehrer* arzt arztes schule buch buches
      film films laden ladens geschäft* straße held* person künstler* wissenschaftler* patient*`,
    achieved: 'erfand entdeckte gründete schrieb erfunden* entdeckt*',
    most: 'größte* längste* höchste* erste* kleinste* tiefste* hauptstadt älteste* schnellste*',
    assistant: 'dein_name deinen_namen heißt_du bist_du ihr_name_und wie_heißen_sie wer_bist_du'
  }
}
