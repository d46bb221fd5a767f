import type { Language } from '../reading/language.ts'

export const portuguese: Language = {
  code: 'pt',
  adjectivesFollow: true,
  words: {
    the: 'o a os as do da dos das no na nos nas ao à aos às pelo pela',
    this: 'este esta estes estas esse essa esses essas neste nesta nesse nessa deste desta desse dessa ambos ambas',
    pointing:
      'seguinte seguintes dado dada dados dadas fornecido fornecida fornecidos fornecidas anterior anteriores anexo acima abaixo a_seguir mencionado mencionada mencionados mencionadas citado citada',
    a: 'um uma uns umas cada algum alguma alguns qualquer vários várias seu_próprio nosso meu minha que qual quais num numa',
    possessive: 'seu sua seus suas',
    number: 'dois duas três quatro cinco primeiro primeira segundo segunda último',
    small: 'não também muito bem sempre',
    text: `texto textos passagem passagens trecho trechos fragmento parágrafo parágrafos artigo artigos documento documentos avaliação
      avaliações resenha resenhas crítica tuíte tuítes tweet tweets comentário comentários publicação manchete manchetes frase frases
      sentença sentenças enunciado citação e-mail email mensagem mensagens carta cartas diálogo diálogos conversa conversas entrevista
      discurso ensaio ensaios relatório relatórios poema poemas estrofe história histórias narrativa conto contos fábula fábulas romance
      piada adivinha provérbio expressão linha receita descrição afirmação afirmações argumento argumentos resumo pergunta perguntas
      livro anúncio tese capítulo canção notícia`,
    soft: `avaliações resenhas comentários histórias textos artigos frases contos poemas fábulas conversas diálogos mensagens tuítes avaliação crítica publicação citação mensagem carta cartas discurso romance piada adivinha provérbio expressão linha receita
      descrição argumento argumentos resumo pergunta perguntas livro anúncio capítulo canção notícia tabela tabelas lista listas dados
      informação informações fatos gráfico diagrama código programa função script números palavras elementos termos imagem conclusão
      ensaio relatório entrevista tese pontos história`,
    items:
      'tabela tabelas lista listas dados informação informações fatos gráfico diagrama código programa função script números palavras elementos termos imagem pontos',
    logic: 'hipótese hipóteses premissa premissas conclusão',
    claim: 'afirmação afirmações argumento hipótese premissa tese enunciado',
    work: 'história histórias poema poemas romance conto contos fábula fábulas narrativa canção livro ensaio carta',
    askable: 'adivinha piada pergunta perguntas frase manchete mensagem diálogo',
    term: 'palavra termo expressão provérbio título',
    option: 'categoria categorias opções passos aspectos critérios temas grupos palavras termos',
    aspect: `título argumentos argumento palavras gramática ortografia valor fim final ideia ideias tema temas tom humor sentimento sentimentos emoção emoções atitude significado mensagem enredo propósito moral lição
      personagem personagens protagonista herói estrutura estilo resultado erro erros título gênero resumo resto positivo negativo neutro
      linha coluna razões causas`,
    teller: 'autor autora narrador narradora poeta escritor',
    tongue: 'português inglês francês alemão italiano espanhol latim russo chinês',
    compound: 'genético periódica nula postal penal civil morse fonte',
    kind: 'mesma mesmo',
    consume: `resuma resume resumir traduza traduz traduzir classifique classifica classificar reescreva reescreve reescrever transforme
      transforma converta converte analise analisa analisar determine determina identifique identifica avalie avalia leia lê ler
      simplifique condense corrija complete explique explica descreva descreve ordene responda compare parafraseie reformule contradizem
      contradiz decorre use utilize`,
    create:
      'escreva escreve escrever redija redigir componha crie cria criar invente inventa imagine imagina gere elabore escreveu',
    exist: 'eis considere aqui_está',
    tells: `falta diz expressa mostra significa contém descreve afirma menciona usa segue apoia contradiz pertence ensina termina começa faz quer
      apresenta sugere conta transmite é são decorre`,
    auxiliary: 'é são era eram será serão tem têm pode podem deve devem foi há',
    of: 'de do da dos das',
    about: 'sobre entre por segundo',
    with: 'para com como contra ao à',
    in: 'em no na nos nas dentro_de num numa',
    that: 'que quem cujo onde',
    and: 'e ou mas nem',
    source:
      'segundo de_acordo_com a_partir_de com_base_em baseado_em com_base conforme com_base_na com_base_no com_base_nas',
    participle: 'mencionadas mencionados mencionada mencionado citadas fornecidas fornecidos',
    pronoun: 'você tu ele ela nós eles elas eu',
    question: 'que quem como quando onde qual quais quanto por_que o_que é são',
    directive: 'justifique dê certifique use sua_resposta a_resposta',
    generic: 'de_sua_escolha da_sua_escolha qualquer',
    program: 'função programa python javascript sql algoritmo script',

    day: 'hoje ontem amanhã agora anteontem',
    soon: 'em_breve brevemente logo',
    period:
      'recente recentes recentemente atual atuais atualmente actual actuais actualmente ultimamente mais_recentes mais_recente',
    always: 'hoje_em_dia na_atualidade neste_momento no_momento nos_dias_de_hoje',
    'this-time': 'último última últimos últimas próximo próxima próximos próximas passado passada',
    'time-noun': `semana semanas mês meses ano anos década décadas verão avanços notícias tendências pesquisas descobertas desenvolvimentos
      progressos eleições versão modelos estatísticas temporada`,
    future: 'estreiam estreia será serão vai vão sairá chegará poderá poderão é está',
    saying: 'se_diz diz-se provérbio ditado adágio expressão máxima lema',
    story: 'história poema conto narrativa diálogo carta diário e-mail romance canção cena discurso',
    suppose: 'se imagine suponha quando',
    physics: 'corrente',
    idiom: 'pela_manhã o_amanhã um_novo_amanhã tão_logo',
    past: 'século séculos idade_média antiguidade então',
    name: 'nome nomes título sobrenome',
    called: 'chama chamam chamava',
    who: 'quem',
    state: 'diga dê nomeie indique mencione cite',
    role: `autor autora narrador personagem personagem_principal protagonista herói restaurante hotel homem mulher menino menina cachorro cão
      gato vila aldeia cidade empresa companhia professor médico escola livro filme loja rua pessoa artista paciente`,
    achieved: 'inventou descobriu fundou escreveu pintou',
    most: 'mais primeiro primeira capital',
    assistant: 'seu_nome teu_nome o_seu_nome você_se_chama te_chamas é_você quem_é_você'
  }
}
