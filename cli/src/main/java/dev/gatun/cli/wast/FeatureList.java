package dev.gatun.cli.wast;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which of the official scripts, and which of their assertions, are not run, and why: nothing else is skipped. A
 * feature that is implemented takes its rows away.
 */
public final class FeatureList {
  private static final String ALL_OF = "/";

  private static final String DESCRIPTORS = "custom descriptors";

  /** Scripts, or folders of them, of which nothing is run. */
  private static final String[][] WHOLLY = {
    {"proposals/custom-descriptors/", DESCRIPTORS},
  };

  private static final String CONTRADICTION =
      "contradicts WebAssembly 3.0, where several memories and tables are valid";

  private static final String LARGE_LIMITS =
      "contradicts WebAssembly 3.0, where a limit of 2^32 pages is invalid, not malformed";

  /** Single assertions, by their lines. */
  private static final String[][] ASSERTIONS = {
    {"proposals/threads/imports", CONTRADICTION, "310", "314", "318", "405", "409", "413"},
    {"proposals/threads/memory", CONTRADICTION, "14", "15"},
    {"proposals/threads/memory", LARGE_LIMITS, "84", "88", "92"},
  };

  private final Map<Integer, String> assertions = new HashMap<>();
  private final @Nullable String wholly;

  private FeatureList(String script) {
    String reason = null;
    for (String[] row : WHOLLY) {
      if (matches(row, script)) {
        reason = row[1];
      }
    }
    wholly = reason;
    for (String[] row : ASSERTIONS) {
      if (matches(row, script)) {
        for (int i = 2; i < row.length; i++) {
          assertions.put(Integer.valueOf(row[i]), row[1]);
        }
      }
    }
  }

  private static boolean matches(String[] row, String script) {
    return row[0].endsWith(ALL_OF) ? script.startsWith(row[0]) : script.equals(row[0]);
  }

  /** What is listed for a script, by its name. */
  static FeatureList of(String script) {
    return new FeatureList(script);
  }

  /**
   * The name under which a script is listed: its path from one of the suite's top folders, without what the tool adds,
   * e.g. {@code core/bulk-memory/bulk} for {@code /x/json/core/bulk-memory/bulk/bulk.json}; the file's own name if it
   * lies elsewhere.
   */
  public static String nameOf(Path script) {
    String file = script.getFileName().toString();
    int extension = file.lastIndexOf('.');
    String name = extension > 0 ? file.substring(0, extension) : file;
    Path folder = script.getParent();
    boolean isJson = file.endsWith(".json");
    if (isJson && folder != null && folder.getFileName() != null && folder.getFileName().toString().equals(name)) {
      folder = folder.getParent();
    }
    StringBuilder path = new StringBuilder(name);
    while (folder != null && folder.getFileName() != null) {
      String part = folder.getFileName().toString();
      path.insert(0, part + "/");
      if (part.equals("core") || part.equals("custom") || part.equals("legacy") || part.equals("proposals")) {
        return path.toString();
      }
      folder = folder.getParent();
    }
    return name;
  }

  /** The feature for which nothing of the script is run, or null. */
  @Nullable String wholly() {
    return wholly;
  }

  /** Why the assertion at a line is not run, or null. */
  @Nullable String reasonToSkip(int line) {
    return assertions.get(line);
  }
}
