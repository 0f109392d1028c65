package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.observe.PerfMap;
import dev.gatun.text.TextFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file by which perf names compiled code. */
final class PerfMapTest {
  @TempDir private Path folder;

  /** A line of the file. */
  private record Symbol(long address, long size, String name) {
    static Symbol parse(String line) {
      String[] words = line.split(" ", 3);
      return new Symbol(Long.parseUnsignedLong(words[0], 16), Long.parseUnsignedLong(words[1], 16), words[2]);
    }
  }

  private static List<Symbol> read(Path file) throws IOException {
    return Files.readAllLines(file).stream().map(Symbol::parse).toList();
  }

  private static List<Symbol> read(String prefix) throws IOException {
    return read(PerfMap.defaultFile()).stream().filter(symbol -> symbol.name.startsWith(prefix)).toList();
  }

  @Test
  void aFunctionIsNamedWhereItsCodeIs() throws Exception {
    byte[] wasm =
        TextFormat.parse(
            """
            (module $mapped
              (func $one (export "a") (result i32) i32.const 1)
              (func (export "two") (result i32) i32.const 2)
              (func $never (export "c") (result i32) i32.const 3))
            """);
    Path recorded = folder.resolve("recording.jfr");
    try (Recording recording = new Recording();
        Engine engine = Engine.builder().perfMap(true).build();
        Module module = engine.compile(wasm);
        Instance instance = module.instantiate()) {
      recording.setSettings(java.util.Map.of("dev.gatun.FunctionCompiled#threshold", "0 ns"));
      recording.start();
      assertEquals(1, instance.function("a").call());
      assertEquals(2, instance.function("two").call());
      recording.stop();
      recording.dump(recorded);
    }
    List<Symbol> compiled = new ArrayList<>();
    for (RecordedEvent event : RecordingFile.readAllEvents(recorded)) {
      if (event.getEventType().getName().equals("dev.gatun.FunctionCompiled")) {
        String name = "mapped:" + event.getString("function");
        compiled.add(new Symbol(event.getLong("codeAddress"), event.getLong("codeSize"), name));
      }
    }
    assertEquals(List.of("mapped:one", "mapped:two"), compiled.stream().map(Symbol::name).toList());
    assertEquals(compiled, read("mapped:"));
    assertTrue(isExecutable(compiled.getFirst().address), "an address where code runs");
    Set<String> stubs = new HashSet<>();
    for (Symbol stub : read("gatun:")) {
      assertTrue(isExecutable(stub.address), stub.toString());
      stubs.add(stub.name);
    }
    assertTrue(
        stubs.containsAll(
            Set.of(
                "gatun:trampoline", "gatun:trap exit", "gatun:signal handler", "gatun:built-in", "gatun:entry ->i32")),
        stubs.toString());
  }

  private static boolean isExecutable(long address) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      String[] range = line.substring(0, line.indexOf(' ')).split("-");
      if (Long.compareUnsigned(address, Long.parseUnsignedLong(range[0], 16)) >= 0
          && Long.compareUnsigned(address, Long.parseUnsignedLong(range[1], 16)) < 0) {
        return line.split(" ")[1].charAt(2) == 'x';
      }
    }
    return false;
  }

  @Test
  void anEngineThatWasNotAskedWritesNothing() throws Exception {
    byte[] wasm = TextFormat.parse("(module $unmapped (func $f (export \"f\")))");
    try (Engine mapped = Engine.builder().perfMap(true).build();
        Engine engine = Engine.create();
        Module module = engine.compile(wasm);
        Instance instance = module.instantiate()) {
      instance.function("f").call();
      assertEquals(0, mapped.statistics().modulesCompiled());
      assertEquals(List.of(), read("unmapped:"));
    }
  }

  @Test
  void aPropertyAsksForTheMap() throws Exception {
    byte[] wasm = TextFormat.parse("(module $asked (func $f (export \"f\")))");
    System.setProperty("gatun.perfMap", "true");
    try (Engine engine = Engine.create();
        Engine other = Engine.builder().perfMap(false).build();
        Module module = engine.compile(wasm);
        Instance instance = module.instantiate()) {
      instance.function("f").call();
      assertEquals(1, read("asked:f").size());
      try (Module unasked = other.compile(wasm);
          Instance unmapped = unasked.instantiate()) {
        unmapped.function("f").call();
      }
      assertEquals(1, read("asked:f").size());
    } finally {
      System.clearProperty("gatun.perfMap");
    }
  }

  @Test
  void threadsDoNotMixTheirLines() throws Exception {
    StringBuilder text = new StringBuilder("(module $parallel ");
    for (int i = 0; i < 400; i++) {
      text.append("(func $function_").append(i).append(" (export \"").append(i).append("\"))");
    }
    byte[] wasm = TextFormat.parse(text.append(")").toString());
    try (Engine engine = Engine.builder().perfMap(true).compilation(Engine.Compilation.EAGER).build()) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        threads.add(Thread.ofPlatform().start(() -> engine.compile(wasm).close()));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    List<Symbol> found = read("parallel:");
    assertEquals(1600, found.size());
    Set<String> names = new HashSet<>();
    found.forEach(symbol -> names.add(symbol.name));
    assertEquals(400, names.size());
  }

  @Test
  void aNameCannotForgeALine() throws IOException {
    Path file = folder.resolve("map");
    PerfMap map = PerfMap.create(file);
    map.add(0x1000, 16, "evil\n2000 10 forged\r\0");
    map.add(-4096, 16, "é".repeat(5000));
    List<Symbol> found = read(file);
    assertEquals(2, found.size());
    assertEquals(new Symbol(0x1000, 16, "evil?2000 10 forged??"), found.getFirst());
    assertEquals(new Symbol(-4096, 16, "é".repeat(1000)), found.get(1));
  }

  @Test
  void aLinkInItsPlaceIsNotFollowed() throws IOException {
    Path victim = Files.writeString(folder.resolve("victim"), "precious");
    Path file = Files.createSymbolicLink(folder.resolve("map"), victim);
    PerfMap.create(file).add(1, 2, "name");
    assertEquals("precious", Files.readString(victim));
    assertFalse(Files.isSymbolicLink(file));
    assertEquals("1 2 name\n", Files.readString(file));
    assertEquals("rw-------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS)));
    // What an earlier process has left is replaced.
    PerfMap.create(file).add(3, 4, "other");
    assertEquals("3 4 other\n", Files.readString(file));
  }

  @Test
  void aFileThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.createDirectory(folder.resolve("map"));
    UncheckedIOException refused = assertThrows(UncheckedIOException.class, () -> PerfMap.create(file));
    assertTrue(refused.getMessage().contains(file.toString()), refused.getMessage());
  }
}
