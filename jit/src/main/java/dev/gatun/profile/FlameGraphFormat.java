package dev.gatun.profile;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A flame graph as a page of HTML that needs nothing else: no server, no network. The page is a resource, {@code
 * flamegraph.html}, into which the data goes.
 */
public final class FlameGraphFormat {
  private static final String PAGE = "flamegraph.html";
  private static final String PLACE = "/*DATA*/";

  /** Of a function no more lines than this are listed. */
  private static final int MAX_LINES = 8;

  /** What has the same name in the graph. */
  private record Name(ProfileFrame.Kind kind, String function, @Nullable String module, @Nullable String file) {}

  private final ProfileData profile;
  private final Map<Name, Integer> known = new HashMap<>();
  private final List<Name> names = new ArrayList<>();

  /** By name: the samples by line. */
  private final List<Map<Integer, Long>> lines = new ArrayList<>();

  /** The graph: the frames of the tree are names. */
  private final StackTree graph = new StackTree();

  private final List<long[]> weights = new ArrayList<>();

  private FlameGraphFormat(ProfileData profile) {
    this.profile = profile;
    for (ThreadProfile thread : profile.threads()) {
      int root = StackTree.NONE;
      if (profile.threads().size() > 1) {
        root = node(StackTree.NONE, name(new ProfileFrame(ProfileFrame.Kind.ENGINE, thread.name())));
      }
      add(thread, root);
    }
  }

  /** Writes a profile. */
  public static void write(ProfileData profile, Appendable out) throws IOException {
    String page = page();
    int place = page.indexOf(PLACE);
    out.append(page, 0, place);
    new FlameGraphFormat(profile).write(out);
    out.append(page, place + PLACE.length(), page.length());
  }

  private static String page() throws IOException {
    try (InputStream in = FlameGraphFormat.class.getResourceAsStream(PAGE)) {
      if (in == null) {
        throw new IOException("the resource " + PAGE + " of Gatun is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private int name(ProfileFrame frame) {
    Name name = new Name(frame.kind(), frame.function(), frame.module(), frame.file());
    Integer at = known.putIfAbsent(name, names.size());
    if (at != null) {
      return at;
    }
    names.add(name);
    lines.add(new HashMap<>());
    return names.size() - 1;
  }

  private int node(int parent, int name) {
    int node = graph.child(parent, name);
    while (weights.size() <= node) {
      weights.add(new long[1]);
    }
    return node;
  }

  private void add(ThreadProfile thread, int root) {
    StackTree tree = thread.tree();
    int[] nodes = new int[tree.size()];
    for (int node = 0; node < nodes.length; node++) {
      ProfileFrame frame = thread.frame(node);
      int name = name(frame);
      int parent = tree.parent(node);
      nodes[node] = node(parent == StackTree.NONE ? root : nodes[parent], name);
      long weight = thread.samples().nodeWeight(node);
      if (weight > 0) {
        weights.get(nodes[node])[0] += weight;
        if (frame.line() >= 0) {
          lines.get(name).merge(frame.line(), weight, Long::sum);
        }
      }
    }
  }

  private void write(Appendable out) throws IOException {
    JsonWriter json = new JsonWriter(out);
    json.begin('{').key("program").value(profile.program()).key("start").value(profile.start().toString());
    json.key("seconds").milliseconds(profile.duration().toNanos() / 1000);
    json.key("interval").milliseconds(profile.interval().toNanos());
    json.key("kinds").begin('[');
    for (ProfileFrame.Kind kind : ProfileFrame.Kind.values()) {
      json.value(kind.text());
    }
    json.end(']').key("names").begin('[');
    for (int i = 0; i < names.size(); i++) {
      Name name = names.get(i);
      json.begin('[').value(name.function).value(name.kind.ordinal()).value(name.module).value(name.file);
      json.begin('[');
      List<Map.Entry<Integer, Long>> most = new ArrayList<>(lines.get(i).entrySet());
      most.sort((a, b) -> Long.compare(b.getValue(), a.getValue()));
      for (Map.Entry<Integer, Long> line : most.subList(0, Math.min(MAX_LINES, most.size()))) {
        json.value(line.getKey()).value(line.getValue());
      }
      json.end(']').end(']');
    }
    // Of each node: its parent, its name, and the samples in it itself.
    json.end(']').key("nodes").begin('[');
    for (int node = 0; node < graph.size(); node++) {
      json.value(graph.parent(node)).value(graph.frame(node)).value(weights.get(node)[0]);
    }
    json.end(']').end('}');
  }
}
