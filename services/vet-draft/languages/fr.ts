import type { Language } from '../reading/language.ts'

export const french: Language = {
  code: 'fr',
  adjectivesFollow: true,
  elided: 'l d qu j n s c m t jusqu lorsqu puisqu',
  words: {
    the: "le la les l' du des au aux",
    this: 'ce cet cette ces',
    pointing:
      'suivant suivante suivants suivantes donné donnée donnés données fourni fournie fournis fournies ci-dessus ci-dessous ci-dessus_mentionné ci-joint précédent précédente précédents mentionné mentionnée mentionnés mentionnées cité citée cités citées',
    a: 'un une chaque quelque quelques plusieurs tout toute votre ton ta tes vos notre mon ma quel quelle quels quelles différents',
    possessive: 'son sa ses leur leurs',
    number: 'deux trois quatre cinq premier première deuxième second seconde dernier',
    small: 'ne pas aussi très bien souvent toujours',
    text: `texte textes passage passages extrait extraits paragraphe paragraphes article articles document documents avis critique
      critiques tweet tweets commentaire commentaires publication titre titres phrase phrases énoncé énoncés citation citations
      courriel courriels e-mail email message messages lettre lettres dialogue dialogues conversation conversations discussion
      entretien entretiens interview discours essai essais rapport rapports poème poèmes strophe vers histoire histoires récit
      récits conte contes fable fables nouvelle roman romans blague blagues devinette devinettes proverbe proverbes expression
      ligne lignes recette description affirmation affirmations argument arguments résumé question questions livre annonce
      thèse chapitre chanson scénario`,
    soft: `commentaires histoires textes articles phrases critiques contes poèmes fables conversations dialogues messages tweets avis critique publication titre titres message lettre lettres discours vers nouvelle roman romans blague blagues devinette
      proverbe proverbes expression ligne lignes recette description argument arguments résumé question questions livre annonce
      chapitre chanson scénario discussion tableau tableaux liste listes données informations faits graphique diagramme code
      programme fonction script nombres mots éléments termes image conclusion tâche thèse essai rapport entretien points
      interview histoire`,
    items:
      'tableau tableaux liste listes données informations faits graphique diagramme code programme fonction script nombres mots éléments termes image points',
    logic: 'hypothèse hypothèses prémisse prémisses conclusion',
    claim: 'affirmation affirmations argument hypothèse prémisse thèse énoncé',
    work: 'histoire histoires poème poèmes roman romans conte contes fable fables récit chanson livre essai lettre nouvelle',
    askable: 'devinette devinettes blague question questions phrase titre message dialogue',
    term: 'mot terme expression proverbe titre',
    option: 'catégorie catégories option options étapes aspects critères thèmes groupes mots termes',
    aspect: `titre arguments argument mots grammaire orthographe fautes faute valeur fin conclusion idée idées thème thèmes ton humeur sentiment sentiments émotion émotions attitude sens signification message intrigue but
      morale leçon personnage personnages héros structure style résultat erreur erreurs titre genre résumé reste positif négatif neutre
      ligne colonne raisons causes`,
    teller: 'auteur auteure narrateur narratrice locuteur poète rédacteur',
    tongue: 'français anglais espagnol allemand italien latin russe chinois',
    kind: 'génétique même périodique nulle',
    compound: 'génétique périodique nulle postal pénal civil morse source',
    consume: `résume résumez résumer traduis traduisez traduire classe classez classer classifie reformule reformulez reformuler transforme
      transformez transformer analyse analysez analyser détermine déterminez identifie identifiez évalue évaluez lis lisez lire simplifie
      simplifiez condense corrige corrigez complète complétez explique expliquez décris décrivez trie triez convertis convertissez réponds
      répondez compare comparez réécris réécrivez relève nomme contredisent contredit paraphrase paraphrasez utilise utilisez mets mettez`,
    create:
      'écris écrivez écrire rédige rédigez rédiger compose composez crée créez créer invente inventez imagine imaginez produis génère générez',
    exist: 'voici étant_donné considère considérez',
    tells: `manque termine dit exprime montre signifie contient décrit affirme mentionne utilise suit soutient contredit appartient enseigne finit commence
      découle fait veut présente suggère raconte est-il est-elle sont-ils décrit-il fait-il donne transmet`,
    auxiliary: 'est sont était étaient sera seront a ont peut peuvent doit doivent faut',
    of: "de d' du des",
    about: 'sur entre par derrière selon',
    with: 'en à pour avec vers comme contre aux au',
    in: 'dans au_sein_de',
    that: "qui que qu' dont où",
    and: 'et ou mais ni',
    source: "d'après selon à_partir_de en_fonction_de basé_sur à_l'aide_de en_utilisant d'après_le sur_la_base_de",
    participle: 'mentionnées mentionnés mentionnée mentionné citées cités fournies fournis',
    pronoun: 'tu vous il elle on nous ils elles je',
    question: 'que quoi qui comment pourquoi quel quelle quels quelles où quand combien est-ce',
    directive: 'justifie donnez donne veille assure utilise réponds ta_réponse votre_réponse',
    generic: 'de_votre_choix de_ton_choix quelconque',
    program: 'fonction programme python javascript sql algorithme script',

    day: "aujourd'hui hier demain maintenant",
    soon: 'bientôt prochainement',
    period: 'récent récente récents récentes récemment actuel actuelle actuels actuelles actuellement dernièrement',
    always: "de_nos_jours en_ce_moment à_l'heure_actuelle ces_derniers_temps",
    'this-time': 'dernier dernière derniers dernières prochain prochaine prochains prochaines cette ces',
    'time-noun': `semaine semaines mois année années an ans décennie décennies été avancées nouvelles tendances recherches découvertes
      développements actualités progrès élections version modèles statistiques`,
    future: 'sortiront sera seront va vont arrive arrivent sortira pourra pourront est sont',
    saying: 'dit-on_que proverbe dicton adage maxime expression dit-on devise',
    story: 'histoire poème conte récit dialogue lettre journal e-mail courriel roman chanson scène discours nouvelle',
    suppose: 'si imagine imaginez suppose supposons quand lorsque',
    physics: 'courant',
    idiom: 'au_lendemain le_lendemain du_jour_au_lendemain demain_est_un_autre_jour',
    past: 'siècle siècles moyen_âge antiquité alors',
    name: 'nom noms prénom titre',
    called: "s'appelle appelle appelle-t-il appelle-t-elle appellent nomme s'appellent",
    who: 'qui',
    state: 'donne donnez nomme nommez indique indiquez cite citez dis dites',
    role: `auteur auteure narrateur personnage personnage_principal protagoniste héros héroïne restaurant hôtel homme femme garçon fille enfant
      chien chat village ville entreprise société professeur médecin école livre film magasin rue personne artiste locuteur patient`,
    achieved: 'inventé découvert fondé écrit peint',
    most: 'plus premier première capitale dernier',
    assistant: "ton_nom votre_nom t'appelles-tu t'appelles vous_appelez-vous appelles-tu es-tu êtes-vous"
  }
}
