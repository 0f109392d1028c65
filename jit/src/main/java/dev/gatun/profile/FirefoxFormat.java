package dev.gatun.profile;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The format of the Firefox Profiler (profiler.firefox.com), which shows call trees, flame graphs and time lines of a
 * file without sending it anywhere: its "processed profile format" in version {@value #VERSION}. Later versions of the
 * profiler read it too.
 */
public final class FirefoxFormat {
  private static final int VERSION = 70;

  /** Of the format that Firefox itself records, which names the meaning of some numbers in the head. */
  private static final int GECKO_VERSION = 36;

  private static final int CATEGORY_OTHER = 3;
  private static final int RESOURCE_LIBRARY = 1;

  private final ProfileData profile;
  private final JsonWriter json;
  private final Map<String, Integer> strings = new LinkedHashMap<>();

  /** By the frame of a thread: where it is in the table of all threads' frames. */
  private final int[] firstFrame;

  private final int[] firstStack;
  private final List<ProfileFrame> frames = new ArrayList<>();
  private final List<ProfileFrame> functions = new ArrayList<>();
  private final int[] frameFunction;
  private final List<String> resources = new ArrayList<>();
  private final int[] functionResource;
  private final List<String> sources = new ArrayList<>();
  private final int[] functionSource;

  private FirefoxFormat(ProfileData profile, Appendable out) {
    this.profile = profile;
    this.json = new JsonWriter(out);
    int threads = profile.threads().size();
    firstFrame = new int[threads];
    firstStack = new int[threads];
    int stacks = 0;
    for (int i = 0; i < threads; i++) {
      firstFrame[i] = frames.size();
      firstStack[i] = stacks;
      frames.addAll(profile.threads().get(i).frames());
      stacks += profile.threads().get(i).tree().size();
    }
    frameFunction = new int[frames.size()];
    Map<ProfileFrame, Integer> known = new HashMap<>();
    for (int i = 0; i < frames.size(); i++) {
      ProfileFrame frame = frames.get(i);
      ProfileFrame function =
          new ProfileFrame(frame.kind(), frame.function(), frame.module(), frame.file(), -1, -1, -1, 0);
      frameFunction[i] = index(known, function, functions);
    }
    functionResource = new int[functions.size()];
    functionSource = new int[functions.size()];
    Map<String, Integer> knownResources = new HashMap<>();
    Map<String, Integer> knownSources = new HashMap<>();
    for (int i = 0; i < functions.size(); i++) {
      ProfileFrame function = functions.get(i);
      functionResource[i] = index(knownResources, resource(function), resources);
      functionSource[i] = index(knownSources, function.file(), sources);
    }
  }

  /** Writes a profile. */
  public static void write(ProfileData profile, Appendable out) throws IOException {
    new FirefoxFormat(profile, out).write();
  }

  private static String resource(ProfileFrame function) {
    return switch (function.kind()) {
      case WASM -> function.module() == null ? "wasm" : function.module();
      case HOST -> "host";
      case ENGINE -> "gatun";
    };
  }

  /** The place of a thing in a list, to which it is added if it is new; -1 for null. */
  private static <T> int index(Map<T, Integer> known, @Nullable T thing, List<T> all) {
    if (thing == null) {
      return -1;
    }
    Integer at = known.putIfAbsent(thing, all.size());
    if (at != null) {
      return at;
    }
    all.add(thing);
    return all.size() - 1;
  }

  private int string(String text) {
    Integer known = strings.get(text);
    if (known == null) {
      known = strings.size();
      strings.put(text, known);
    }
    return known;
  }

  private void write() throws IOException {
    json.begin('{');
    json.key("meta");
    writeMeta();
    json.key("libs").begin('[').end(']');
    json.key("threads").begin('[');
    for (int i = 0; i < profile.threads().size(); i++) {
      writeThread(i, profile.threads().get(i));
    }
    json.end(']');
    json.key("shared").begin('{');
    writeStackTable();
    writeFrameTable();
    writeFunctionTable();
    writeResources();
    writeSources();
    json.key("nativeSymbols").begin('{');
    column("libIndex", null, 0).column("address", null, 0).column("name", null, 0).column("functionSize", null, 0);
    json.key("length").value(0).end('}');
    json.key("sourceLocationTable").begin('{');
    column("source", null, 0).column("line", null, 0).column("column", null, 0);
    json.key("length").value(0).end('}');
    json.key("stringArray").begin('[');
    for (String text : strings.keySet()) {
      json.value(text);
    }
    json.end(']').end('}').end('}');
  }

  private void writeMeta() throws IOException {
    json.begin('{').key("interval").milliseconds(profile.interval().toNanos());
    json.key("startTime").value(profile.start().toEpochMilli());
    json.key("processType").value(0).key("product").value(profile.program()).key("stackwalk").value(1);
    json.key("version").value(GECKO_VERSION).key("preprocessedProfileVersion").value(VERSION);
    json.key("importedFrom").value("Gatun").key("symbolicated").value(true);
    json.key("usesOnlyOneStackType").value(true).key("sourceCodeIsNotOnSearchfox").value(true);
    json.key("markerSchema").begin('[').end(']').key("categories").begin('[');
    category("WebAssembly", "blue");
    category("Host functions", "orange");
    category("Engine", "purple");
    category("Other", "grey");
    json.end(']').end('}');
  }

  private void category(String name, String color) throws IOException {
    json.begin('{').key("name").value(name).key("color").value(color);
    json.key("subcategories").begin('[').value("Other").end(']').end('}');
  }

  private void writeThread(int number, ThreadProfile thread) throws IOException {
    json.begin('{').key("processType").value("default").key("processStartupTime").value(0);
    json.key("processShutdownTime").value(null).key("registerTime").value(0).key("unregisterTime").value(null);
    json.key("pausedRanges").begin('[').end(']').key("name").value(thread.name());
    json.key("isMainThread").value(number == 0).key("processName").value(profile.program());
    json.key("pid").value("1").key("tid").value(number + 1).key("samples").begin('{');
    Samples samples = thread.samples();
    json.key("stack").begin('[');
    for (int i = 0; i < samples.size(); i++) {
      json.value(firstStack[number] + samples.node(i));
    }
    json.end(']').key("time").begin('[');
    for (int i = 0; i < samples.size(); i++) {
      json.milliseconds(samples.time(i));
    }
    json.end(']').key("weight").begin('[');
    for (int i = 0; i < samples.size(); i++) {
      json.value(samples.weight(i));
    }
    json.end(']').key("weightType").value("samples").key("length").value(samples.size()).end('}');
    json.key("markers").begin('{');
    column("data", null, 0).column("name", null, 0).column("startTime", null, 0).column("endTime", null, 0);
    column("phase", null, 0).column("category", null, 0);
    json.key("length").value(0).end('}').end('}');
  }

  /** A column of a table that has the same in each row. */
  private FirefoxFormat column(String name, @Nullable String literal, int rows) throws IOException {
    json.key(name).repeat(literal, rows);
    return this;
  }

  private void writeStackTable() throws IOException {
    json.key("stackTable").begin('{').key("frame").begin('[');
    int count = 0;
    for (int i = 0; i < profile.threads().size(); i++) {
      StackTree tree = profile.threads().get(i).tree();
      for (int node = 0; node < tree.size(); node++) {
        json.value(firstFrame[i] + tree.frame(node));
        count++;
      }
    }
    json.end(']').key("prefixOffset").begin('[');
    for (ThreadProfile thread : profile.threads()) {
      StackTree tree = thread.tree();
      for (int node = 0; node < tree.size(); node++) {
        json.value(tree.parent(node) == StackTree.NONE ? 0 : node - tree.parent(node));
      }
    }
    json.end(']').key("length").value(count).end('}');
  }

  private void writeFrameTable() throws IOException {
    int count = frames.size();
    json.key("frameTable").begin('{');
    column("address", "-1", count).column("lib", "-1", count);
    json.key("inlineDepth").begin('[');
    for (ProfileFrame frame : frames) {
      json.value(frame.inlineDepth());
    }
    json.end(']').key("category").begin('[');
    for (ProfileFrame frame : frames) {
      json.value(Math.min(frame.kind().ordinal(), CATEGORY_OTHER));
    }
    json.end(']');
    column("subcategory", "0", count);
    json.key("func").begin('[');
    for (int function : frameFunction) {
      json.value(function);
    }
    json.end(']');
    column("nativeSymbol", null, count).column("innerWindowID", "0", count);
    json.key("line").begin('[');
    for (ProfileFrame frame : frames) {
      json.known(frame.line());
    }
    json.end(']').key("column").begin('[');
    for (ProfileFrame frame : frames) {
      json.known(frame.column());
    }
    json.end(']');
    column("originalLocation", null, count);
    json.key("length").value(count).end('}');
  }

  private void writeFunctionTable() throws IOException {
    int count = functions.size();
    json.key("funcTable").begin('{').key("name").begin('[');
    for (ProfileFrame function : functions) {
      json.value(string(function.function()));
    }
    json.end(']');
    column("isJS", "false", count).column("relevantForJS", "false", count);
    json.key("resource").begin('[');
    for (int resource : functionResource) {
      json.value(resource);
    }
    json.end(']').key("source").begin('[');
    for (int source : functionSource) {
      json.known(source);
    }
    json.end(']');
    column("lineNumber", null, count).column("columnNumber", null, count).column("originalLocation", null, count);
    json.key("length").value(count).end('}');
  }

  private void writeResources() throws IOException {
    int count = resources.size();
    json.key("resourceTable").begin('{').key("name").begin('[');
    for (String resource : resources) {
      json.value(string(resource));
    }
    json.end(']');
    column("host", null, count).column("type", Integer.toString(RESOURCE_LIBRARY), count);
    json.key("length").value(count).end('}');
  }

  private void writeSources() throws IOException {
    int count = sources.size();
    json.key("sources").begin('{');
    column("id", null, count);
    json.key("filename").begin('[');
    for (String source : sources) {
      json.value(string(source));
    }
    json.end(']');
    column("startLine", "1", count).column("startColumn", "1", count).column("sourceMapURL", null, count);
    column("content", null, count);
    json.key("length").value(count).end('}');
  }
}
