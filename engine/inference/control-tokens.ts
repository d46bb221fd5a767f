/**
 * Chat templates mark roles and turns with tokens such as `<|im_start|>`. Servers recognise them in the text of a user
 * too: a document could end its own turn and speak as the system. A space behind the first character breaks every such
 * token, and leaves the text readable.
 */
const controlTokens =
  /[<＜](?=[|｜][^|｜<>＜＞\n]{1,64}[|｜][>＞])|<(?=\/?(?:s|bos|eos|pad|unk|start_of_turn|end_of_turn|start_of_image|think|tool_call|tool_response)>)|<(?=<\/?SYS>>)|\[(?=\/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\])/giu

export const neutraliseControlTokens = (text: string): string => text.replace(controlTokens, first => `${first} `)
