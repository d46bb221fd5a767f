/** What stands where material should: nothing, dots, `[insert text here]`. In any language: models mix them. */

/** Says "put it in", or "here". */
const hole =
  /(?:^|[^\p{L}])(?:insert|paste|add|enter|provide|placeholder|goes here|your|here|input|einfüg|einsetz|hier|eingeb|insérer|insére|inserer|coller|ici|insert[ae]r|inserisci|inserire|incolla|pega|pegar|colar|aqu[ií]|qui|colle|introdu|вставьте|вставить|вставь|введите|здесь|сюда|أدخل|ادخل|هنا|ضع)|插入|此处|在此|这里|填写|输入|入力|挿入|ここ|記入/iu

/** The same without brackets must be nothing else: "I live here" is a sentence. */
const invitation =
  /^(?:please )?(?:insert|paste|type|enter|put|your)\b.*\b(?:here|text|sentence|review|paragraph|passage|article|story|tweet|email|code|data)$|^(?:text|sentence|review|paragraph|passage|article|story|tweet|code|data) (?:goes )?here$|^(?:hier|bitte) .*einfügen$|^(?:insérer|insérez|insertar|inserir|inserire|вставьте|вставить|أدخل)\b.*(?:ici|aquí|aqui|qui|здесь|сюда|هنا)$|^(?:在此|此处|请在此)|^ここに/iu

/** A letter or digit of any script. */
const content = /[\p{L}\p{N}]/u

/** Data rather than a description of what belongs here: an array, an object, a formula, a tag with attributes. */
const data = /[\d,;:=|"'/+*、，]/u

/** More words than this are text, whatever they say. */
const mostWords = 8

/**
 * Whether a quoted or bracketed stretch stands for material that is missing.
 * @param bracketed it stood in brackets: `[review]` is a hole, `"review"` a word.
 */
export function isPlaceholder(inner: string, bracketed: boolean): boolean {
  const bare = inner.trim()
  if (!content.test(bare)) return !(bracketed && /[^\s.…_\-–—]/u.test(bare))
  const nested = /^[[{<【［(（].*[\]}>】］)）]$/su.test(bare)
  const text = nested ? bare.slice(1, -1) : bare
  const words = text.split(/\s+/, mostWords + 1).length
  if (words > mostWords || text.length > 80) return false
  if (bracketed || nested) return !data.test(text) || (hole.test(text) && !/\d\s*[,;]/.test(text))
  return invitation.test(text)
}
