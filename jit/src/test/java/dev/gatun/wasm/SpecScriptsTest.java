package dev.gatun.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.gatun.InvalidModuleException;
import dev.gatun.MalformedModuleException;
import dev.gatun.RejectedModuleException;
import dev.gatun.UnsupportedFeatureException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Every binary module of the official scripts is accepted, or refused with the right exception. Where one needs a
 * feature that the engine does not have, it is refused for that, and counted aloud.
 *
 * <p>The scripts, in the JSON form of wast2json, are looked for in the folder or zip file that the system property
 * {@code gatun.spec} names, else in {@code shared/spec/spec-json.zip} beside the repository.
 */
class SpecScriptsTest {
  /** Folders of proposals that are no part of WebAssembly 3.0 and that the engine does not have. */
  private static final Set<String> OUT_OF_SET = Set.of("custom-descriptors");

  /** Assertions that several memories or tables are invalid, which WebAssembly 3.0 contradicts: script and lines. */
  private static final Map<String, Set<String>> CONTRADICTIONS = Map.of(
      "threads/imports", Set.of("310", "314", "318", "405", "409", "413"),
      "threads/memory", Set.of("14", "15"));

  private final List<String> failures = new ArrayList<>();
  private final Map<String, Integer> refusedFor = new TreeMap<>();
  private int judged;
  private int sameWords;
  private int refusals;

  @Test
  void everyModuleIsJudgedAsTheSpecificationDoes() throws IOException {
    Path place = place();
    if (place == null) {
      String message =
          "SKIPPED: the official spec scripts are not there; name their folder or zip file with -Dgatun.spec=...";
      System.err.println(message);
      Assumptions.abort(message);
    }
    if (Files.isDirectory(place)) {
      judgeAll(Files.isDirectory(place.resolve("json")) ? place.resolve("json") : place);
    } else {
      try (FileSystem zip = FileSystems.newFileSystem(place)) {
        judgeAll(zip.getPath("json"));
      }
    }
    if (!refusedFor.isEmpty()) {
      System.err.println("modules refused for features that the engine does not have: " + refusedFor);
    }
    assertEquals(List.of(), failures);
    // Of the modules of all scripts; a lower number means that some were not found.
    assertTrue(judged > 6_400, "judged " + judged);
    // Which of several errors is reported first is free, so a few differ.
    assertTrue(sameWords > refusals - 60, sameWords + " of " + refusals + " refusals say what the script says");
  }

  private static Path place() {
    String named = System.getProperty("gatun.spec");
    if (named != null) {
      Path path = Path.of(named);
      Path zip = path.resolve("spec-json.zip");
      return Files.exists(zip) ? zip : Files.exists(path) ? path : null;
    }
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      Path zip = folder.resolve("shared/spec/spec-json.zip");
      if (Files.exists(zip)) {
        return zip;
      }
    }
    return null;
  }

  private void judgeAll(Path json) throws IOException {
    try (Stream<Path> files = Files.walk(json)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        String folder = String.valueOf(file.getParent().getParent().getFileName()).replace("/", "");
        if (!OUT_OF_SET.contains(folder)) {
          judgeScript(folder + "/" + file.getFileName().toString().replace(".json", ""), file);
        }
      }
    }
  }

  private void judgeScript(String name, Path commands) throws IOException {
    try (InputStream in = Files.newInputStream(commands);
        JsonParser parser = new JsonFactory().createParser(in)) {
      int depth = 0;
      Map<String, String> command = new HashMap<>();
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.START_OBJECT) {
          depth++;
          if (depth == 2) {
            command = new HashMap<>();
          }
        } else if (token == JsonToken.END_OBJECT) {
          depth--;
          if (depth == 1) {
            judge(name, commands, command);
          }
        } else if (depth == 2 && token.isScalarValue()) {
          command.put(parser.currentName(), parser.getText());
        }
      }
    }
  }

  private void judge(String script, Path commands, Map<String, String> command) throws IOException {
    String file = command.get("filename");
    if (file == null || !file.endsWith(".wasm")) {
      return;
    }
    String type = command.getOrDefault("type", "");
    Class<?> expected = switch (type) {
      case "assert_invalid" -> InvalidModuleException.class;
      case "assert_malformed" -> MalformedModuleException.class;
      default -> null;
    };
    if (CONTRADICTIONS.getOrDefault(script, Set.of()).contains(command.get("line"))) {
      return;
    }
    judged++;
    RejectedModuleException found = refusal(Files.readAllBytes(commands.resolveSibling(file)));
    if (found instanceof UnsupportedFeatureException unsupported) {
      refusedFor.merge(unsupported.feature(), 1, Integer::sum);
    } else if ((found == null ? null : found.getClass()) != expected) {
      String asserted = type + " " + command.get("text");
      failures.add(file + " (line " + command.get("line") + "): " + asserted + ", found " + found);
    } else if (found != null) {
      refusals++;
      if (found.reason().startsWith(command.get("text"))) {
        sameWords++;
      }
    }
  }

  private static RejectedModuleException refusal(byte[] bytes) {
    try {
      ModuleValidator.validate(ModuleDecoder.decode(bytes));
      return null;
    } catch (RejectedModuleException e) {
      return e;
    }
  }
}
