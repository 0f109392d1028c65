package dev.gatun.text;

import dev.gatun.wasm.BinaryWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The custom sections that annotations ask for (specification, appendix "Custom Sections and Annotations"):
 * {@code (@custom "name" (after func) "content")}, and hints for branches.
 */
final class CustomSections {
  /** The annotation, and the section, of hints for branches. */
  static final String BRANCH_HINT = "metadata.code.branch_hint";

  private static final List<String> SECTIONS =
      List.of(
          "type", "import", "func", "table", "memory", "tag", "global", "export", "start", "elem", "datacount", "code",
          "data");

  private record Custom(boolean before, String section, byte[] content) {}

  private final List<Custom> customs = new ArrayList<>();
  private final Map<Integer, Hints> hints = new TreeMap<>();

  /** The hints of a function: entries behind their count. */
  private static final class Hints {
    final BinaryWriter entries = new BinaryWriter();
    int count;
  }

  /** Reads an annotation {@code @custom}, which stands among the fields of a module. */
  void read(Cursor annotation) {
    if (!annotation.isText()) {
      throw annotation.malformed("@custom annotation: missing section name");
    }
    BinaryWriter content = new BinaryWriter();
    content.name(annotation.name());
    boolean before = false;
    String section = "last";
    if (annotation.peek() instanceof Node.ListNode placement) {
      before = placement.head().equals("before");
      if (!before && !placement.head().equals("after")) {
        throw annotation.malformed("@custom annotation: malformed placement");
      }
      Cursor inside = annotation.over(placement, 1);
      section = inside.atEnd() ? "" : inside.keyword();
      if (!SECTIONS.contains(section) && !section.equals(before ? "first" : "last")) {
        throw annotation.malformed("@custom annotation: malformed section kind");
      }
      inside.expectEnd();
      annotation.take();
    }
    while (!annotation.atEnd()) {
      content.writeBytes(annotation.bytes());
    }
    customs.add(new Custom(before, section, content.toByteArray()));
  }

  /**
   * Notes a hint.
   *
   * @param offset of the branch from the beginning of the function's locals
   */
  void hint(int function, int offset, boolean likely) {
    Hints ofFunction = hints.computeIfAbsent(function, unused -> new Hints());
    ofFunction.entries.unsigned(offset);
    ofFunction.entries.unsigned(1);
    ofFunction.entries.write(likely ? 1 : 0);
    ofFunction.count++;
  }

  /** Writes what stands before a section, or before {@code first}. */
  void before(String section, BinaryWriter to) {
    write(true, section, to);
    if (section.equals("code") && !hints.isEmpty()) {
      BinaryWriter content = new BinaryWriter();
      content.name(BRANCH_HINT);
      content.unsigned(hints.size());
      hints.forEach((function, ofFunction) -> {
        content.unsigned(function);
        content.unsigned(ofFunction.count);
        content.writeBytes(ofFunction.entries.toByteArray());
      });
      to.write(0);
      to.sized(content.toByteArray());
    }
  }

  /** Writes what stands behind a section, or behind {@code last}. */
  void after(String section, BinaryWriter to) {
    write(false, section, to);
  }

  private void write(boolean before, String section, BinaryWriter to) {
    for (Custom custom : customs) {
      if (custom.before() == before && custom.section().equals(section)) {
        to.write(0);
        to.sized(custom.content());
      }
    }
  }
}
