package dev.gatun.text;

import dev.gatun.MalformedTextException;
import dev.gatun.text.Node.ListNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Test scripts in the text format ({@code .wast}), as the same commands that wast2json makes of them: maps whose
 * {@code type} says what is to be done. In place of a file name, a module is under {@code module}, as a {@link
 * ModuleText}.
 */
public final class ScriptFormat {
  /** What the fields of a module begin with: a script may be one, without parentheses around. */
  private static final Set<String> FIELDS =
      Set.of("type", "rec", "import", "func", "table", "memory", "global", "tag", "export", "start", "elem", "data");

  private final String source;

  /** Where the last line that was looked for begins, and its number: commands come in their order. */
  private int lineAt;

  private int line = 1;

  private ScriptFormat(String source) {
    this.source = source;
  }

  /** A module in a script. */
  public interface ModuleText {
    /**
     * The module in the binary format.
     *
     * @throws MalformedTextException if the text is none
     */
    byte[] bytes();
  }

  /**
   * The commands of a script.
   *
   * @throws MalformedTextException if it is none; a module in it may be malformed all the same
   */
  public static List<Map<String, Object>> commands(String text) {
    List<Node> nodes = new Lexer(text).read();
    if (!nodes.isEmpty() && nodes.get(0) instanceof ListNode first && FIELDS.contains(first.head())) {
      ModuleText module = () -> TextFormat.parse(text);
      return List.of(Map.of("type", "module", "line", 1, "module", module));
    }
    return new ScriptFormat(text).commands(new Cursor(text, nodes, 0, text.length()));
  }

  private List<Map<String, Object>> commands(Cursor cursor) {
    List<Map<String, Object>> commands = new ArrayList<>();
    while (!cursor.atEnd()) {
      if (!(cursor.peek() instanceof ListNode list)) {
        throw cursor.unexpected();
      }
      commands.add(command(list, cursor));
      cursor.take();
    }
    return commands;
  }

  private int lineOf(int at) {
    for (; lineAt < at; lineAt++) {
      if (source.charAt(lineAt) == '\n') {
        line++;
      }
    }
    return line;
  }

  private static void putName(Map<String, Object> command, String key, @Nullable String identifier) {
    if (identifier != null) {
      command.put(key, identifier.substring(1));
    }
  }

  private Map<String, Object> command(ListNode list, Cursor cursor) {
    Map<String, Object> command = new LinkedHashMap<>();
    String head = list.head();
    Cursor inside = cursor.over(list, 1);
    command.put("type", head);
    // The tool gives the place of what is asserted about.
    boolean asserts = head.startsWith("assert_") && list.items().size() > 1;
    command.put("line", lineOf(asserts ? list.items().get(1).at() : list.at()));
    switch (head) {
      case "module" -> module(list, inside, command);
      case "register" -> {
        command.put("as", inside.name());
        putName(command, "name", inside.takeIdentifier());
      }
      case "invoke", "get" -> {
        command.put("type", "action");
        command.put("action", action(list, cursor));
      }
      case "assert_return" -> {
        command.put("action", action(inside));
        List<Object> expected = new ArrayList<>();
        while (!inside.atEnd()) {
          expected.add(value(inside));
        }
        command.put("expected", expected);
      }
      case "assert_trap", "assert_exhaustion", "assert_exception" -> {
        if (inside.isList("module")) {
          ListNode module = (ListNode) inside.take();
          command.put("type", "assert_uninstantiable");
          command.put("module", text(module));
        } else {
          command.put("action", action(inside));
        }
        if (!inside.atEnd()) {
          command.put("text", inside.name());
        }
      }
      case "assert_invalid",
          "assert_malformed",
          "assert_unlinkable",
          "assert_invalid_custom",
          "assert_malformed_custom" -> {
        if (!(inside.peek() instanceof ListNode module)) {
          throw inside.unexpected();
        }
        inside.take();
        command.put("module", text(module));
        command.put("text", inside.name());
      }
      case "thread" -> {
        putName(command, "name", inside.takeIdentifier());
        Cursor shared = inside.takeList("shared");
        if (shared != null) {
          Cursor module = shared.takeList("module");
          putName(command, "shared_module", module == null ? null : module.takeIdentifier());
        }
        command.put("commands", commands(inside));
      }
      case "wait" -> putName(command, "thread", inside.takeIdentifier());
      default -> throw cursor.malformed("unknown command " + head);
    }
    return command;
  }

  private void module(ListNode list, Cursor inside, Map<String, Object> command) {
    if (inside.takeWord("instance")) {
      command.put("type", "module_instance");
      putName(command, "instance", inside.takeIdentifier());
      putName(command, "module", inside.takeIdentifier());
      return;
    }
    int fields = 1;
    if (inside.takeWord("definition")) {
      command.put("type", "module_definition");
      fields = 2;
    }
    putName(command, "name", inside.takeIdentifier());
    List<Node> items = list.items();
    ListNode module =
        fields == 1
            ? list
            : new ListNode(concatenate(items.get(0), items.subList(fields, items.size())), list.at(), list.end());
    command.put("module", text(module));
  }

  private static List<Node> concatenate(Node first, List<Node> rest) {
    List<Node> all = new ArrayList<>();
    all.add(first);
    all.addAll(rest);
    return all;
  }

  private ModuleText text(ListNode module) {
    return () -> TextFormat.parse(source, module);
  }

  // Actions and values.

  private Map<String, Object> action(Cursor cursor) {
    if (!(cursor.peek() instanceof ListNode list)) {
      throw cursor.unexpected();
    }
    Map<String, Object> action = action(list, cursor);
    cursor.take();
    return action;
  }

  private Map<String, Object> action(ListNode list, Cursor cursor) {
    Map<String, Object> action = new LinkedHashMap<>();
    Cursor inside = cursor.over(list, 1);
    if (!list.head().equals("invoke") && !list.head().equals("get")) {
      throw cursor.unexpected();
    }
    action.put("type", list.head());
    putName(action, "module", inside.takeIdentifier());
    action.put("field", inside.name());
    List<Object> arguments = new ArrayList<>();
    while (!inside.atEnd()) {
      arguments.add(value(inside));
    }
    action.put("args", arguments);
    return action;
  }

  private Map<String, Object> value(Cursor cursor) {
    if (!(cursor.peek() instanceof ListNode list)) {
      throw cursor.unexpected();
    }
    cursor.take();
    Cursor inside = cursor.over(list, 1);
    Map<String, Object> value = new LinkedHashMap<>();
    String head = list.head();
    switch (head) {
      case "i32.const", "i64.const", "f32.const", "f64.const" -> {
        String type = head.substring(0, 3);
        value.put("type", type);
        value.put("value", lane(type, inside));
      }
      case "v128.const" -> {
        String shape = inside.keyword();
        String lane = shape.substring(0, shape.indexOf('x'));
        value.put("type", "v128");
        value.put("lane_type", lane);
        List<Object> lanes = new ArrayList<>();
        while (!inside.atEnd()) {
          lanes.add(lane(lane, inside));
        }
        value.put("value", lanes);
      }
      case "ref.null" -> value.put("type", "refnull");
      case "ref.extern", "ref.host" -> {
        value.put("type", head.equals("ref.extern") ? "externref" : "anyref");
        if (!inside.atEnd()) {
          value.put("value", inside.keyword());
        }
      }
      case "ref.func", "ref.any", "ref.eq", "ref.i31", "ref.struct", "ref.array", "ref.exn" ->
          value.put("type", head.substring("ref.".length()) + "ref");
      case "either" -> {
        List<Object> values = new ArrayList<>();
        while (!inside.atEnd()) {
          values.add(value(inside));
        }
        value.put("type", "either");
        value.put("values", values);
      }
      default -> throw cursor.malformed("unknown value " + head);
    }
    return value;
  }

  /** A number of a type as its bits in decimal digits, or a class of NaNs. */
  private static String lane(String type, Cursor cursor) {
    if (cursor.isWord("nan:canonical") || cursor.isWord("nan:arithmetic")) {
      return cursor.keyword();
    }
    int bits = Integer.parseInt(type.substring(1));
    long value = type.startsWith("f") ? cursor.floating(bits == 64) : cursor.integer(bits, false, "constant");
    return Long.toUnsignedString(value & -1L >>> 64 - bits);
  }
}
