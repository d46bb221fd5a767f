import type { Language } from '../reading/language.ts'

export const english: Language = {
  code: 'en',
  words: {
    the: 'the',
    this: 'this these that those both',
    pointing:
      'following given provided supplied accompanying attached preceding aforementioned above-mentioned above below underlined highlighted presented',
    a: 'a an any each every another some several many your my our one no whose what which certain various',
    possessive: 'his her their its',
    number: 'two three four five six seven eight nine ten twelve twenty half twice first second third fourth fifth',
    small:
      'not also really still always often usually never ever only just even then down again actually most likely clearly implicitly',

    // Nouns
    text: `text texts passage passages excerpt excerpts extract paragraph paragraphs snippet snippets article articles document
      documents review reviews tweet tweets comment comments post posts headline headlines sentence sentences statement
      statements quote quotes quotation quotations email emails e-mail e-mails mail message messages letter letters dialogue
      dialogues dialog conversation conversations transcript transcripts interview interviews speech speeches essay essays
      report reports poem poems stanza stanzas verse story stories tale fable narrative novel play joke jokes riddle riddles
      proverb proverbs phrase phrases line lines recipe description instructions note notes notice claim claims argument
      arguments content scenario abstract advertisement advert caption chapter section song lyrics blog webpage transcription
      summary translation definition question questions answer book feedback testimonial utterance utterances remark remarks
      opinion opinions biography memo plot monologue newsletter anecdote situation problem puzzle context reading discussion
      study survey research publication experiment case debate lecture meeting talk podcast video presentation paper complaint
      complaints request inquiry invitation application main_character main_characters protagonist protagonists loop method
      inference inferences deduction syllogism analogy allegation accusation apology compliment threat warning promise prediction rumor rumour symptom symptoms twist cliffhanger objection criticism reasoning assumption assumptions viewpoint stance position_statement product_description job_posting job_ad user_story bug_report log_entry changelog commit_message regex schema query_result stack_trace error_message
      ad ads ending endings theorem calculation calculations regular_expression chorus refrain plan theory episode cipher code_word anagram crossword graphic infographic brief briefing lecture_notes announcement announcements remarks exchange correspondence transcripts encyclopedia_entry testimonial testimonials selection selections piece writing
      diary diaries journal entry slogan motto tagline inscription label sign poster brochure leaflet flyer pamphlet manual handbook
      contract clause agreement proposal outline resume cv obituary eulogy sermon prayer rhyme limerick haiku sonnet ode ballad
      epic legend myth parable saga screenplay scene soliloquy testimony verdict ruling editorial press_release bulletin
      broadcast forecast log minutes agenda checklist questionnaire quiz exam worksheet exercise prompt ticket petition
      commercial blurb synopsis preface foreword epilogue footnote thread chat faq tutorial guide wording wordings paraphrase
      paraphrases rendering version versions sample samples fragment clip recording invoice receipt timetable itinerary proof
      calendar cartoon comic meme painting drawing listing record records allegory satire prologue
      telegram postcard reviews_section thesis dissertation manuscript script lines_of_code plaintext quatrain couplet
      paragraph_below motion resolution treaty speech_bubble dream complaint_letter`,
    soft: `inference inferences deduction syllogism analogy allegation accusation apology compliment threat warning promise prediction rumor rumour symptom symptoms twist cliffhanger objection criticism reasoning assumption assumptions viewpoint stance position_statement product_description job_posting job_ad user_story bug_report log_entry changelog commit_message regex schema query_result stack_trace error_message
      ad ads ending endings theorem calculation calculations regular_expression chorus refrain plan theory episode cipher code_word anagram crossword graphic infographic brief briefing lecture_notes announcement announcements remarks exchange correspondence transcripts encyclopedia_entry testimonial testimonials selection selections piece writing spreadsheet spreadsheets database file files pie_chart bar_chart line_chart flowchart infographic formula series
      options choices alternatives inputs diary diaries journal entry slogan motto tagline inscription label sign poster brochure leaflet flyer pamphlet manual handbook
      contract clause agreement proposal outline resume cv obituary eulogy sermon prayer rhyme limerick haiku sonnet ode ballad
      epic legend myth parable saga screenplay scene soliloquy testimony verdict ruling editorial press_release bulletin
      broadcast forecast log minutes agenda checklist questionnaire quiz exam worksheet exercise prompt ticket petition
      commercial blurb synopsis preface foreword epilogue footnote thread chat faq tutorial guide wording wordings paraphrase
      paraphrases rendering version versions sample samples fragment clip recording invoice receipt timetable itinerary proof
      calendar cartoon comic meme painting drawing listing record records allegory satire prologue
      telegram postcard reviews_section thesis dissertation manuscript script lines_of_code plaintext quatrain couplet
      paragraph_below motion resolution treaty speech_bubble dream complaint_letter
      debate lecture meeting talk podcast video presentation paper complaint complaints request inquiry invitation
      application loop method photo photograph illustration message letter letters play phrase phrases line lines recipe description instructions note notes notice claim claims content advertisement advert caption chapter section song lyrics blog summary translation definition
      question questions answer book feedback opinion opinions biography memo plot interview speech post posts
      mail joke jokes riddle riddles proverb proverbs novel verse extract character characters situation problem puzzle context
      reading discussion study survey research publication experiment conclusion conclusions table tables list lists data
      dataset information facts fact details evidence chart charts graph graphs diagram figure figures numbers number words
      word items item code program function script query algorithm snippet equation expression sequence set array string
      matrix timeline statistics key-value pairs pair options observations image picture photo photograph illustration loop method map input output error bug column
      columns row rows values entries events clue clues names animals terms event examples example findings schedule menu
      json csv xml case method advertisement notes results ingredients points blog report scenario
      feature features attributes properties premises`,
    items: `regular_expression spreadsheet spreadsheets database file files pie_chart bar_chart line_chart flowchart infographic formula series options
      choices alternatives inputs table tables list lists data dataset information facts fact details evidence chart charts graph graphs diagram
      figure figures numbers number words items item code program function script query algorithm snippet equation
      expression sequence set array string matrix timeline statistics pair pairs observations image picture map input column
      columns row rows values entries events clue clues examples findings schedule menu json csv xml results ingredients bullet_points names terms elements ideas pseudocode json_object object features attributes properties`,
    logic: 'hypothesis hypotheses premise premises conclusion conclusions',
    claim: 'statement statements claim claims argument arguments hypothesis premise conclusion proposition',
    work: 'diary journal slogan inscription poster brochure manual contract sermon limerick haiku sonnet ballad legend myth parable scene testimony editorial synopsis thread chat tutorial recording cartoon comic painting drawing manuscript chapter section episode verse picture image photo photograph illustration table chart graph diagram list story stories poem poems novel play song fable tale essay book narrative joke speech article character scenario',
    askable:
      'riddle riddles joke jokes question questions problem puzzle headline headlines title sentence quote message remark statement sentences task dialogue conversation quiz',
    term: 'word term terms phrase expression idiom title concept name slogan keyword proverb',
    option: `categories category options option labels label topics topic genres genre emotions emotion sentiments classes
      choices criteria aspects points terms steps format structure types groups tags answers aspect questions sections
      headings styles languages perspectives viewpoints`,
    aspect: `ironic irony humour humor sarcasm idea ideas point points theme themes topic tone mood sentiment emotion feeling feelings attitude message meaning plot
      gist summary takeaway takeaways argument arguments purpose moral lesson lessons character characters protagonist hero
      setting structure style imagery symbolism conflict climax ending end beginning opening output complexity bug error
      mistake mistakes trend trends pattern subject title genre audience essence wrong conclusion positive negative neutral
      mixed sarcastic sincere title rhyme metre punctuation grammar translation main rest facts fact benefits causes cause
      effects effect reasons reason steps step ingredients keywords fact opinion entailment contradiction true false flaw
      weakness synopsis events event viewpoint perspective intention reply relationship word words order row rows column columns cell cells entry entries information data line
      lines item items part parts paragraph section sentence values device devices technique techniques metaphor metaphors
      number numbers abstract caption headline introduction tl dr tldr equivalent wording wordings alternative alternatives synonym synonyms opposite antonym response scene person value values return type
      parameter parameters arguments object`,
    teller:
      'author writer narrator speaker speakers poet reviewer interviewee journalist blogger researchers protagonist',
    tongue: `english french german spanish italian portuguese russian chinese japanese arabic latin greek korean hindi dutch
      swedish polish turkish modern european american british`,
    compound: `editor editors font fonts length layout box boxes field fields area file files messaging colour color size align
      node nodes element elements tag tags object objects type types class classes root mining input cursor structure structures
      science scientist scientists base bases warehouse center centre analysis analyst processing categorisation
      categorization classification summarisation summarization generation writing writer writers writing-skills arc arcs board
      boards line lines book books box comprehension comprehensions manager program programs tennis salt cloth spoon lamp
      top tops saw manners leg legs process site sites section page pages platform platforms score scores marketing address
      addresses account accounts provider server servers client template templates inbox carrier carriers head opener
      openers collection recognition completion prediction-model privacy protection transfer storage stream set sets
      point points entry format formats model models loss mark marks order word words strip stripes method theory tree
      system systems design-pattern teller tellers telling time line-up line-ups room rooms length-limit card cards`,
    kind: `same genetic source-code dress zip area penal civil criminal morse ethical moral building penal legal-code periodic
      multiplication dining kitchen round coffee pool operating waiting guest shopping to-do bucket wish linked mailing
      definite indefinite null alternative market death prison life opening-statement personal big private sensor
      training creation love success cover origin bedtime detective short-term mission financial income tax vision thesis
      text topic heart liver kidney cell trolley world public square round electoral credit peer literature morning
      ontological cosmological teleological design slippery-slope straw-man dna ascii unicode bank hash truth routing water
      news-cycle wave likelihood density probability objective loss cost utility trigonometric sine cosine exponential
      linear quadratic body brain lung human machine natural prime whole even odd natural rational real atomic ordinal cardinal
      decimal binary complex serial phone lottery jersey power empty training test validation`,

    // Verbs
    consume: `match pair link connect associate attribute underline circle select pick say sum_up summing_up break_down look_at go_through work_out point_out respond_to reply_to listen_to elaborate_on
      expand_on reflect_on critique annotate grade mark check verify validate confirm test inspect scan skim decode decipher deduce
      transcribe restructure reformat format tabulate plot merge split join separate divide delete remove replace insert cut trim
      lengthen extend adapt recreate reproduce retell narrate recite quote cite unscramble decrypt encrypt count find_out
      adjust soften strengthen modernise modernize clarify unpack dissect diagnose search reply react revise rearrange
      summarize summarise condense paraphrase rephrase reword restate rewrite translate render classify categorize
      categorise label sort group assign analyze analyse evaluate assess examine identify determine decide judge rate rank
      read interpret simplify convert transform turn put say express explain describe extract outline complete continue
      correct proofread edit edited fix debug refactor solve answer compare fill find choose order reorder arrange combine
      review discuss detect boil consider use using summarized summarised reworded translated rewritten paraphrased
      classified categorized recast shorten expand finish count highlight recognize recognise spot improve polish
      reconstruct infer predict compute calculate study look listen refer respond react change modify add tell`,
    create: `write compose create invent design develop draft generate produce make imagine construct build prepare come_up_with
      devise implement make_up think_of formulate craft propose suggest tell_me_a plan draw_up author written`,
    exist:
      'given consider received left posted read wrote sent said here_is below_is you_are_given there_is presented take',
    tells: `say says said express expresses convey conveys mean means show shows imply implies suggest suggests contain contains
      contained describe describes state states claim claims mention mentions argue argues use uses present presents portray
      portrays reveal reveals indicate indicates teach teaches follow follows support supports contradict contradicts belong
      belongs make makes sound sounds tell tells report reports read reads do does end ends begin begins start starts refer
      refers discuss discusses explain explains highlight highlights reflect reflects set sets change changes fit fits feel
      feels think thinks believe believes want wants need needs print prints return returns cause causes fall falls come
      comes entail entails illustrate illustrates recommend recommends point points work works stem stems like likes
      fails fail crashes crash runs run breaks leave leaves compare compares symbolize symbolizes evoke evokes create creates lean leans appear appears seem seems`,
    auxiliary:
      'is are was were be been being do does did has have had can could will would should may might must shall need needs ought',

    // Between
    of: 'of',
    about: 'about by from between on behind regarding concerning',
    with: 'with for to into against as',
    in: 'in within at throughout under inside',
    that: 'that which who whose where titled called named entitled',
    and: 'and or nor but then so while as versus vs',
    source: `according_to based_on based_upon judging_by judging_from drawing_on considering with_reference_to in_light_of as_per
      from using referring_to refer_to refers_to in_response_to with_regard_to given`,
    participle:
      'mentioned provided given described listed presented shown depicted pictured illustrated stated discussed outlined cited referenced supplied included noted specified',
    pronoun:
      'you they we he she it i people someone somebody one everyone anyone them us me him themselves itself customers readers users students children',
    question: 'what which how why when where whose whom is are was were does do did can could would should will',
    directive: `please ensure make keep use include provide give list show support justify focus avoid start begin end your remember
      note consider explain describe pay let limit mention answer try do be should the_answer the_response the_summary
      give_reasons then also finally additionally compare discuss identify`,
    generic:
      'of_your_choice your_choice in_general general any typical graduate graduates immigrants arrival arrivals how_do_you how_to how_should you_like you_know of_your_own',
    program: `function functions program programs python javascript java sql query code algorithm algorithms script regex
      typescript rust class git commit branch stack queue cache array arrays linked_list node iteration loop pointer directory
      state_machine automaton operating_system database html css unix linux player cursor video_player command shell terminal`,
    storage: 'stack queue cache git commit branch array linked_list element log undo blockchain block',

    // Time
    day: 'now today tonight yesterday tomorrow right_now presently',
    soon: 'soon shortly',
    period: 'recent recently latest newest upcoming currently ongoing most_current',
    current: 'current',
    coming: 'coming',
    always: 'nowadays these_days at_present at_the_moment in_today_s as_of_now up_to_now know_so_far so_far_this',
    'this-time': 'this next last past',
    'time-noun': `hour hours day days night nights week weeks weekend weekends month months quarter quarters season seasons spring
      summer autumn fall winter year years decade decades century centuries generation generations election elections holiday
      holidays semester term monday tuesday wednesday thursday friday saturday sunday january february march april june july
      august september october november december morning afternoon evening few_years few_months few_decades few_weeks
      few_days couple_of_years several_years`,
    future: 'will going is are be may might about expected to likely shall able',
    saying:
      'carpe_diem proverb proverbs saying sayings idiom idioms expression adage maxim motto phrase phrases quote people_say slogan means meant mean',
    story: `story stories poem poems tale dialogue conversation diary letter email speech scene novel novels monologue play haiku
      limerick song fable screenplay sketch sonnet essay_from entry message rules game invitation character announcement`,
    suppose: 'if suppose supposing imagine assume assuming when once pretend whether say_that character scenario',
    physics: `circuit circuits voltage resistor resistance ampere amperes amp amps wire wires electric electrical electricity battery
      charge ocean oceans river sea water swimmer stream magnetic magnet coil fuse transformer conductor conductors semiconductor
      diode transistor motor tide tides filament lamp bulb alternating direct rip air convection tidal eddy induced ac dc
      inductor capacitor electrons power lightning waves coast coastal current_flows`,
    idiom: `here_and_now every_now_and_then now_and_then now_and_again now_or_never in_the_now power_of_now by_now until_now
      least_recently_used most_recently_used most_recent_common_ancestor as_soon_as how_soon too_soon sooner_or_later soon_enough
      no_sooner soon-to-be at_the_latest latest_possible coming-of-age coming_of_age coming_to_terms second_coming up-and-coming
      up_and_coming coming_from coming_home comings_and_goings coming_and_going current_affairs current_account current_accounts
      current_assets current_liabilities current_ratio current_directory working_directory tomorrow_never here_today
      of_tomorrow about_tomorrow about_yesterday tomorrow_is_another better_tomorrow no_tomorrow yesterday_s_news up_to_date next_to_nothing last_but_not_least this_time
      recent_graduate recent_graduates recent_past recent_memory so_soon just_now_and_then now_that living_in_the_now from_now now_suppose
      now_imagine now_consider now_let last_resort next_door current_events_class currently_selected currently_running
      currently_logged_in soon_after soon_afterwards soon_thereafter next_day coming_together`,
    past: `then middle_ages medieval antiquity renaissance victorian ancient century centuries war_ii war_i at_that_time victorians romans greeks
      vikings pharaohs egyptians aztecs settlers`,

    // Names
    name: 'name names title full_name first_name last_name surname pen_name nickname',
    called: 'called named',
    who: 'who',
    state: 'name give state mention identify tell list write_down provide',
    role: `poet poets interviewee user users reviewer guest client buyer seller critic editor composer singer_songwriter philosopher author authors writer writers narrator speaker speakers protagonist hero heroine main_character character characters
      interviewee interviewer journalist reporter blogger researcher researchers scientist scientists company companies
      organization organisation institution school website blog person man men woman women boy boys girl girls child children
      student students teacher teachers doctor patient customer owner founder event place town village city country product
      brand book film movie song project software app program study restaurant hotel shop store café cafe street road house
      farm dog cat horse pet brother brothers sister sisters friend friends couple son daughter mother father king queen
      prince princess captain ship boat festival conference hospital team band player winner president manager employee
      expert farmer professor club museum_visitor tribe island river_nearby district neighbourhood family kingdom wizard
      detective witness victim suspect singer artist actor inventor engineer soldier knight stranger neighbour neighbor
      main_characters two_speakers caller cabin cottage garden hut kitchen classroom bar pub library park market church
      trainer coach boss colleague nurse priest mayor sheriff thief twins tenant landlord guest host driver passenger competition magazine newspaper`,
    achieved: `invented discovered developed founded wrote painted composed formulated proposed designed built created
      introduced won_the_nobel hosted after_whom after_which named_after`,
    most: `largest longest highest smallest tallest deepest oldest first last biggest fastest capital most least greatest
      heaviest brightest youngest northernmost southernmost only richest hottest coldest`,
    assistant: `your_name your_full_name your_names who_are_you call_you are_you_called made_you created_you developed_you
      built_you trained_you programmed_you introduce_yourself name_of_the_assistant name_of_the_ai name_of_the_chatbot
      name_of_the_model name_of_this_assistant name_of_this_ai your_creator your_maker your_developer your_developers model_are_you version_are_you are_you_chatgpt are_you_human
      you_have_a_nickname have_a_name are_you_an_ai are_you_a_robot are_you_a_bot you_have_a_name who_you_are`,
    asker: 'my_name who_am_i'
  }
}
