package dev.gatun.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is in a profile is in the files, whatever functions are called. */
class FormatsTest {
  private static final String[] NAMES = {
    "main", "std::vec<int>::push", "a;b", "</script><b>", "\"quoted\\\"", "süß \uD83D\uDE00", "line\nbreak", "\uD800",
    ""
  };

  private static ThreadProfile thread(String name, Random random) {
    List<ProfileFrame> frames = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ProfileFrame.Kind kind = ProfileFrame.Kind.values()[random.nextInt(3)];
      String function = NAMES[random.nextInt(NAMES.length)] + random.nextInt(4);
      ProfileFrame frame = new ProfileFrame(kind, function);
      if (kind == ProfileFrame.Kind.WASM) {
        frame =
            new ProfileFrame(
                kind, function, "module", "/src/<" + random.nextInt(3) + ">.c", 1 + random.nextInt(9), -1, i, i % 3);
      }
      frames.add(frame);
    }
    StackTree tree = new StackTree();
    Samples samples = new Samples();
    for (int i = 0; i < 500; i++) {
      int node = StackTree.NONE;
      for (int depth = random.nextInt(6); depth >= 0; depth--) {
        node = tree.child(node, random.nextInt(frames.size()));
      }
      samples.add(i * 1_000_017L, node, 1 + random.nextInt(5));
    }
    return new ThreadProfile(name, frames, tree, samples);
  }

  private static ProfileData profile() {
    Random random = new Random(7);
    List<ThreadProfile> threads = List.of(thread("main", random), thread("</script>", random));
    return new ProfileData("p<>", Instant.EPOCH, Duration.ofMillis(501), Duration.ofMillis(1), threads);
  }

  /** By stack, written as names from the outermost on: its samples. */
  private static Map<String, Long> expected(ProfileData profile) {
    Map<String, Long> expected = new TreeMap<>();
    for (ThreadProfile thread : profile.threads()) {
      for (int node = 0; node < thread.tree().size(); node++) {
        StringBuilder stack = new StringBuilder();
        for (int at = node; at != StackTree.NONE; at = thread.tree().parent(at)) {
          stack.insert(0, "|" + thread.frame(at).function());
        }
        stack.insert(0, thread.name());
        if (thread.samples().nodeWeight(node) > 0) {
          expected.merge(stack.toString(), thread.samples().nodeWeight(node), Long::sum);
        }
      }
    }
    return expected;
  }

  private static void assertColumns(Json table, int length) {
    table.map().forEach((name, column) -> {
      if (column instanceof List<?> list) {
        assertEquals(length, list.size(), "column " + name);
      }
    });
  }

  private static int index(Json table, String column, int row, int size) {
    int index = table.get(column).get(row).number();
    assertTrue(index >= 0 && index < size, column + " of row " + row + ": " + index + " of " + size);
    return index;
  }

  @Test
  void firefoxProfileHasEveryStack() throws IOException {
    ProfileData profile = profile();
    StringBuilder out = new StringBuilder();
    FirefoxFormat.write(profile, out);
    Json json = Json.parse(out.toString());
    assertEquals(70, json.get("meta").get("preprocessedProfileVersion").number());
    int categories = json.get("meta").get("categories").list().size();
    Json shared = json.get("shared");
    Json stacks = shared.get("stackTable");
    Json frames = shared.get("frameTable");
    Json functions = shared.get("funcTable");
    for (String table : List.of("stackTable", "frameTable", "funcTable", "resourceTable", "sources", "nativeSymbols")) {
      assertColumns(shared.get(table), shared.get(table).get("length").number());
    }
    int strings = shared.get("stringArray").list().size();
    for (int i = 0; i < frames.get("length").number(); i++) {
      index(frames, "category", i, categories);
      int function = index(frames, "func", i, functions.get("length").number());
      if (!functions.get("source").get(function).isNull()) {
        int source = index(functions, "source", function, shared.get("sources").get("length").number());
        index(shared.get("sources"), "filename", source, strings);
      }
      int resource = index(functions, "resource", function, shared.get("resourceTable").get("length").number());
      index(shared.get("resourceTable"), "name", resource, strings);
    }
    Map<String, Long> found = new TreeMap<>();
    for (int t = 0; t < json.get("threads").list().size(); t++) {
      Json thread = json.get("threads").get(t);
      assertColumns(thread.get("markers"), 0);
      Json samples = thread.get("samples");
      assertColumns(samples, samples.get("length").number());
      for (int i = 0; i < samples.get("length").number(); i++) {
        StringBuilder text = new StringBuilder();
        int stack = index(samples, "stack", i, stacks.get("length").number());
        while (true) {
          int frame = index(stacks, "frame", stack, frames.get("length").number());
          int function = frames.get("func").get(frame).number();
          String name = shared.get("stringArray").get(index(functions, "name", function, strings)).text();
          text.insert(0, "|" + name);
          int offset = stacks.get("prefixOffset").get(stack).number();
          assertTrue(offset >= 0 && offset <= stack);
          if (offset == 0) {
            break;
          }
          stack -= offset;
        }
        text.insert(0, thread.get("name").text());
        found.merge(text.toString(), (long) samples.get("weight").get(i).number(), Long::sum);
      }
    }
    assertEquals(expected(profile), found);
  }

  @Test
  void flameGraphHasEveryStackAndNothingEndsItsScript() throws IOException {
    ProfileData profile = profile();
    StringBuilder out = new StringBuilder();
    FlameGraphFormat.write(profile, out);
    String page = out.toString();
    assertEquals(page.indexOf("</script>"), page.lastIndexOf("</script>"));
    int start = page.indexOf("const data = ") + "const data = ".length();
    String text = page.substring(start, page.indexOf(";\n", start));
    assertFalse(text.contains("<"));
    Json data = Json.parse(text);
    Json nodes = data.get("nodes");
    int count = nodes.list().size() / 3;
    Map<String, Long> found = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      StringBuilder stack = new StringBuilder();
      for (int at = i; at >= 0; at = nodes.get(3 * at).number()) {
        assertTrue(nodes.get(3 * at).number() < at);
        stack.insert(0, "|" + data.get("names").get(nodes.get(3 * at + 1).number()).get(0).text());
      }
      if (nodes.get(3 * i + 2).number() > 0) {
        found.merge(stack.substring(1), (long) nodes.get(3 * i + 2).number(), Long::sum);
      }
    }
    assertEquals(expected(profile), found);
  }

  @Test
  void collapsedStacksAreOneToALine() throws IOException {
    ProfileData profile = profile();
    StringBuilder out = new StringBuilder();
    CollapsedFormat.write(profile, out);
    Map<String, Long> found = new TreeMap<>();
    for (String line : out.toString().split("\n")) {
      int space = line.lastIndexOf(' ');
      found.merge(line.substring(0, space), Long.parseLong(line.substring(space + 1)), Long::sum);
    }
    Map<String, Long> expected = new TreeMap<>();
    expected(profile)
        .forEach((stack, weight) ->
            expected.merge(stack.replace(';', ':').replace('|', ';').replace('\n', ' '), weight, Long::sum));
    assertEquals(expected, found);
  }

  @Test
  void aFunctionThatCallsItselfCountsOnce() {
    StackTree tree = new StackTree();
    List<ProfileFrame> frames = new ArrayList<>();
    frames.add(new ProfileFrame(ProfileFrame.Kind.WASM, "recurse", null, "a.c", 3, -1, 9, 0));
    frames.add(new ProfileFrame(ProfileFrame.Kind.WASM, "recurse", null, "a.c", 4, -1, 12, 0));
    frames.add(new ProfileFrame(ProfileFrame.Kind.HOST, "read"));
    int outer = tree.child(StackTree.NONE, 0);
    int inner = tree.child(outer, 1);
    int leaf = tree.child(tree.child(inner, 0), 2);
    Samples samples = new Samples();
    samples.add(0, outer, 1);
    samples.add(1, inner, 2);
    samples.add(2, leaf, 4);
    ThreadProfile thread = new ThreadProfile("main", frames, tree, samples);
    ProfileData profile =
        new ProfileData("p", Instant.EPOCH, Duration.ofMillis(7), Duration.ofMillis(1), List.of(thread));
    Map<String, String> rows = new HashMap<>();
    for (FunctionTimes.Row row : FunctionTimes.of(profile)) {
      rows.put(row.frame().function(), row.self() + " " + row.total());
    }
    assertEquals(Map.of("recurse", "3 7", "read", "4 4"), rows);
  }
}
