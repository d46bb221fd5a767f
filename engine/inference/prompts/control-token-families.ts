/** Control tokens of a family of models, beyond those of the form `<|…|>`. */
export interface ControlFamily {
  readonly family: string
  /** Names of its models, as servers list them. */
  readonly models: RegExp
  readonly tokens: readonly string[]
  /** Tokens that there are hundreds of. */
  readonly numbered?: readonly RegExp[]
  /** One of each that are numbered. */
  readonly examples?: readonly string[]
}

const thoughts = ['<think>', '</think>']
const tools = ['<tool_call>', '</tool_call>', '<tool_response>', '</tool_response>', '<tools>', '</tools>']
const sentences = ['<s>', '</s>', '<unk>', '<pad>', '<mask>']

/** Model cards and tokenizer files of the models say which. `<|…|>` needs no list: it is broken always. */
export const controlFamilies: readonly ControlFamily[] = [
  {
    family: 'Qwen, ChatML, SmolLM, Hermes',
    models: /qwen|qwq|chatml|smollm|hermes|marco|internlm/i,
    tokens: [...thoughts, ...tools]
  },
  {
    family: 'Llama 2',
    models: /llama-?2|llama-?v2|vicuna|alpaca|tinyllama|codellama/i,
    tokens: [...sentences, '[INST]', '[/INST]', '<<SYS>>', '<</SYS>>', '<SYS>', '</SYS>']
  },
  { family: 'Llama 3', models: /llama-?[34]|llama-?v3/i, tokens: thoughts },
  {
    family: 'Mistral',
    models: /mi[sx]tral|ministral|magistral|devstral|codestral|pixtral|voxtral|zephyr/i,
    tokens: [
      ...sentences,
      ...'INST /INST AVAILABLE_TOOLS /AVAILABLE_TOOLS TOOL_CALLS TOOL_RESULTS /TOOL_RESULTS TOOL_CONTENT SYSTEM_PROMPT /SYSTEM_PROMPT IMG IMG_BREAK IMG_END PREFIX MIDDLE SUFFIX THINK /THINK ARGS CALL_ID AUDIO BEGIN_AUDIO TRANSCRIBE MODEL_SETTINGS /MODEL_SETTINGS'
        .split(' ')
        .map(name => `[${name}]`)
    ],
    numbered: [/^\[control_\d{1,4}\]$/, /^<SPECIAL_\d{1,4}>$/],
    examples: ['[control_8]']
  },
  {
    family: 'Gemma',
    models: /gemma/i,
    tokens: [
      ...'bos eos pad unk mask escape start_of_turn end_of_turn start_of_image end_of_image image_soft_token start_of_audio end_of_audio audio_soft_token start_function_call end_function_call start_function_declaration end_function_declaration start_function_response end_function_response'
        .split(' ')
        .map(name => `<${name}>`),
      '<[@BOS@]>'
    ],
    numbered: [/^<unused\d{1,4}>$/],
    examples: ['<unused0>']
  },
  {
    family: 'GLM',
    models: /glm/i,
    tokens: [
      '[gMASK]',
      '[sMASK]',
      '[MASK]',
      '<sop>',
      '<eop>',
      ...thoughts,
      '<arg_key>',
      '</arg_key>',
      '<arg_value>',
      '</arg_value>',
      ...tools
    ]
  },
  {
    family: 'EXAONE',
    models: /exaone/i,
    tokens: [
      '[|system|]',
      '[|user|]',
      '[|assistant|]',
      '[|endofturn|]',
      '[|tool|]',
      '[BOS]',
      '[PAD]',
      '[UNK]',
      '<thought>',
      '</thought>',
      ...thoughts,
      ...tools
    ]
  },
  {
    family: 'Nemotron',
    models: /nemotron|apertus/i,
    tokens: [
      '<extra_id_0>',
      '<extra_id_1>',
      ...sentences,
      ...thoughts,
      '<TOOLCALL>',
      '</TOOLCALL>',
      '<AVAILABLE_TOOLS>',
      '</AVAILABLE_TOOLS>',
      '[INST]',
      '[/INST]'
    ],
    numbered: [/^<SPECIAL_\d{1,4}>$/, /^<extra_id_\d{1,3}>$/],
    examples: ['<SPECIAL_10>', '<extra_id_2>']
  },
  {
    family: 'Seed-OSS',
    models: /seed/i,
    tokens: 'bos eos pad tool_call /tool_call think /think cot_budget_reflect /cot_budget_reflect'
      .split(' ')
      .map(name => (name.startsWith('/') ? `</seed:${name.slice(1)}>` : `<seed:${name}>`)),
    numbered: [/^<\/?seed:[\w-]{1,40}>$/],
    examples: ['<seed:bos>']
  },
  {
    family: 'MiniMax',
    models: /minimax/i,
    tokens: [']~b]', ']~!b[', '[e~[', ']!~[', '[!e~[', '<minimax:tool_call>', '</minimax:tool_call>', ...thoughts]
  },
  {
    family: 'Command',
    models: /command|aya|c4ai|cohere/i,
    tokens: ['<BOS_TOKEN>', '<EOS_TOKEN>', '<PAD_TOKEN>', '<UNK>', '<CLS>', '<SEP>', '<MASK_TOKEN>', '<EOP_TOKEN>']
  },
  {
    family: 'Kimi, Moonlight',
    models: /kimi|moonlight|moonshot/i,
    tokens: ['[BOS]', '[EOS]', '[PAD]', '[UNK]', '[EOT]', '[start_header_id]', '[end_header_id]', ...thoughts]
  },
  {
    family: 'Baichuan',
    models: /baichuan/i,
    tokens: [...sentences],
    numbered: [/^<reserved_\d{1,4}>$/],
    examples: ['<reserved_106>']
  },
  {
    family: 'StarCoder, SmolLM, Granite and others with tokens for repositories',
    models: /starcoder|smollm|granite/i,
    tokens:
      'fim_prefix fim_middle fim_suffix fim_pad file_sep repo_name reponame gh_stars issue_start issue_comment issue_closed jupyter_start jupyter_text jupyter_code jupyter_output jupyter_script empty_output commit_before commit_msg commit_after'
        .split(' ')
        .map(name => `<${name}>`)
  },
  {
    family: 'Falcon',
    models: /falcon/i,
    tokens: 'TITLE ABSTRACT INTRODUCTION SUMMARY COMMENT ANSWER QUESTION DOMAIN PREFIX SUFFIX MIDDLE'
      .split(' ')
      .map(name => `>>${name}<<`)
  },
  {
    family: 'InternLM',
    models: /internlm/i,
    tokens: [...sentences, '<eoh>', '<eoa>', '<eosys>'],
    numbered: [/^\[UNUSED_TOKEN_\d{1,4}\]$/, /^<TOKENS_UNUSED_\d{1,4}>$/],
    examples: ['[UNUSED_TOKEN_146]', '<TOKENS_UNUSED_0>']
  },
  { family: 'Ling, Ring', models: /\b(?:ling|ring|bailing)-/i, tokens: ['<role>', '</role>', ...thoughts] },
  { family: 'DeepSeek', models: /deepseek|r1/i, tokens: thoughts },
  {
    family: 'Yi, InternLM, Orion and others by SentencePiece',
    models: /\byi\b|yi-|orion|solar|mpt|falcon|dbrx|phi-?2/i,
    tokens: [...sentences, '<bos>', '<eos>', '<fim_prefix>', '<fim_suffix>', '<fim_middle>', '[CLS]', '[SEP]']
  }
]
