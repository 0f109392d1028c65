package dev.gatun;

import java.util.List;

/**
 * A Java interface does not fit the exports of a module: see {@link Instance#as(Class)}. The message lists every
 * mistake, each with the method's signature and that of the export.
 *
 * {@snippet class="dev.gatun.snippets.ViewSnippets" region="mistake"}
 */
public final class BindingException extends WasmException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> mistakes;

  BindingException(String what, List<String> mistakes) {
    super(what + (mistakes.size() == 1 ? ": " + mistakes.get(0) : ":\n  " + String.join("\n  ", mistakes)));
    this.mistakes = List.copyOf(mistakes);
  }

  /** What is wrong, a line for each method. */
  public List<String> mistakes() {
    return mistakes == null ? List.of() : mistakes;
  }
}
