package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.CodeCache;
import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.Trap;
import dev.gatun.text.TextFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was compiled by one engine is run by the next, and nothing else is. */
final class CodeCacheTest {
  /** With all that code has besides its instructions: traps, calls, handlers, a table, constants in memory. */
  static final byte[] WASM =
      TextFormat.parse(
          """
          (module $cached
            (memory (export "memory") 1)
            (table 2 funcref)
            (elem (i32.const 0) $divide $twice)
            (tag $thrown (param i32))
            (data (i32.const 8) "abc")
            (func $divide (export "divide") (param i32 i32) (result i32)
              local.get 0  local.get 1  i32.div_s)
            (func $twice (export "twice") (param f64 i32) (result f64)
              local.get 0  f64.const 2.5  f64.mul)
            (func $throw (param i32)  local.get 0  throw $thrown)
            (func $caught (export "caught") (param i32) (result i32)
              (block $handler (result i32)
                (try_table (catch $thrown $handler)  local.get 0  call $throw)
                i32.const -1)
              i32.const 100  i32.add)
            (func $indirect (export "indirect") (param i32) (result i32)
              local.get 0  i32.const 3  i32.const 0  call_indirect (param i32 i32) (result i32))
            (func $load (export "load") (param i32) (result i32)  local.get 0  i32.load8_u offset=8)
            (func $switch (export "switch") (param i32) (result i32)
              (block (block (block (local.get 0)  br_table 0 1 2)
                (return (i32.const 10)))
                (return (i32.const 20)))
              i32.const 30)
            (func $sum (export "sum") (param $n i32) (result i32) (local $s i32)
              (loop
                (local.set $s (i32.add (local.get $s) (local.get $n)))
                (br_if 0 (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
              local.get $s)
            (func $outer (export "outer") (param i32) (result i32)
              local.get 0  i32.const 0  call $divide  i32.const 1  i32.add))
          """);

  static final int FUNCTIONS = 9;

  @TempDir private Path folder;

  private Engine engine() {
    return Engine.builder().codeCache(CodeCache.at(folder)).build();
  }

  /** Calls every function but the one that throws and the one that divides by zero; returns what came of it. */
  static List<Object> use(Instance instance) {
    List<Object> results = new ArrayList<>();
    results.add(instance.function("divide").call(42, 5));
    results.add(instance.function("twice").call(1.5, 0));
    results.add(instance.function("caught").call(7));
    results.add(instance.function("indirect").call(-9));
    results.add(instance.function("load").call(1));
    results.add(instance.function("sum").call(10));
    results.add(instance.function("switch").call(1));
    results.add(assertThrows(Trap.class, () -> instance.function("load").call(-100)).toString());
    results.add(assertThrows(Trap.class, () -> instance.function("outer").call(3)).backtrace().toString());
    return results;
  }

  static final List<Object> EXPECTED = expected();

  private static List<Object> expected() {
    try (Engine engine = Engine.builder().codeCache(null).build();
        Module module = engine.compile(WASM);
        Instance instance = module.instantiate()) {
      return use(instance);
    }
  }

  /** Uses the module; returns how many functions were loaded. */
  private int loaded(Engine with) {
    try (Module module = with.compile(WASM);
        Instance instance = module.instantiate()) {
      assertEquals(EXPECTED, use(instance));
      assertEquals(FUNCTIONS, module.statistics().functionsLoaded() + module.statistics().functionsCompiled());
      return module.statistics().functionsLoaded();
    }
  }

  private int loaded() {
    try (Engine engine = engine()) {
      return loaded(engine);
    }
  }

  /** The one file with code. */
  private Path codeFile() {
    List<Path> files = codeFiles();
    assertEquals(1, files.size(), files::toString);
    return files.get(0);
  }

  private List<Path> codeFiles() {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(folder.resolve("files")) && !file.endsWith("limit"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theSecondRunCompilesNothing() {
    assertEquals(0, loaded());
    assertEquals(FUNCTIONS, loaded());
    assertEquals(FUNCTIONS, loaded());
  }

  @Test
  void functionsThatALaterRunCallsAreAdded() {
    for (String name : List.of("twice", "sum", "sum", "switch")) {
      try (Engine engine = engine();
          Module module = engine.compile(WASM);
          Instance instance = module.instantiate()) {
        if (name.equals("twice")) {
          instance.function(name).call(1.0, 0);
        } else {
          instance.function(name).call(1);
        }
      }
    }
    try (Engine engine = engine();
        Module module = engine.compile(WASM)) {
      assertEquals(3, module.statistics().functionsLoaded());
    }
    assertEquals(3, loaded());
    assertEquals(FUNCTIONS, loaded());
  }

  @Test
  void twoProcessesAddToEachOthers() {
    try (Engine engine = engine();
        Module first = engine.compile(WASM);
        Instance instance = first.instantiate()) {
      instance.function("sum").call(3);
      try (Module second = engine.compile(WASM);
          Instance other = second.instantiate()) {
        assertEquals(0, second.statistics().functionsLoaded());
        other.function("switch").call(3);
      }
    }
    try (Engine engine = engine();
        Module module = engine.compile(WASM)) {
      assertEquals(2, module.statistics().functionsLoaded());
    }
  }

  @Test
  void optionsThatChangeCodeDoNotShareIt() {
    CodeCache cache = CodeCache.at(folder);
    List<Engine.Builder> builders =
        List.of(
            Engine.builder().boundsChecks(Engine.BoundsChecks.EXPLICIT),
            Engine.builder().boundsChecks(Engine.BoundsChecks.GUARD_PAGES),
            Engine.builder().fuel(true).limits(Limits.builder().fuel(1_000_000).build()));
    for (int round = 0; round < 2; round++) {
      for (Engine.Builder builder : builders) {
        try (Engine engine = builder.codeCache(cache).build()) {
          assertEquals(round == 0 ? 0 : FUNCTIONS, loaded(engine));
        }
      }
    }
    assertEquals(builders.size(), codeFiles().size());
  }

  @Test
  void loadedCodeCountsFuelAsCompiledCodeDoes() {
    long[] left = new long[2];
    for (int round = 0; round < 2; round++) {
      try (Engine engine = Engine.builder().fuel(true).codeCache(CodeCache.at(folder)).build();
          Module module = engine.compile(WASM);
          Instance instance = module.instantiate(Imports.none(), Limits.builder().fuel(1000).build())) {
        instance.function("sum").call(20);
        left[round] = instance.store().fuel();
        assertEquals(round, module.statistics().functionsLoaded());
      }
    }
    assertTrue(left[0] < 1000);
    assertEquals(left[0], left[1]);
  }

  @Test
  void coreDumpsOfLoadedCodeKnowTheLocals() throws IOException {
    List<byte[]> dumps = new ArrayList<>();
    for (int round = 0; round < 2; round++) {
      Engine.Builder builder = Engine.builder().codeCache(CodeCache.at(folder));
      builder.coreDumps(
          (trap, dump) -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            dump.write(bytes);
            dumps.add(bytes.toByteArray());
          });
      try (Engine engine = builder.build();
          Module module = engine.compile(WASM);
          Instance instance = module.instantiate()) {
        assertThrows(Trap.class, () -> instance.function("outer").call(12345));
      }
    }
    assertEquals(2, dumps.size());
    assertArrayEquals(dumps.get(0), dumps.get(1));
  }

  @Test
  void eagerCompilationTakesWhatThereIs() {
    assertEquals(0, loaded());
    try (Engine engine =
            Engine.builder().codeCache(CodeCache.at(folder)).compilation(Engine.Compilation.EAGER).build();
        Module module = engine.compile(WASM)) {
      assertEquals(FUNCTIONS, module.statistics().functionsLoaded());
      assertEquals(0, module.statistics().functionsCompiled());
    }
  }

  @Test
  void anotherModuleIsAnother() {
    loaded();
    byte[] other = WASM.clone();
    int at = indexOf(other, new byte[] {0x61, 0x62, 0x63}); // its data
    other[at + 1] ^= 1;
    try (Engine engine = engine();
        Module module = engine.compile(other);
        Instance instance = module.instantiate()) {
      assertEquals(0, module.statistics().functionsLoaded());
      assertEquals('c', (int) instance.function("load").call(1));
    }
  }

  private static int indexOf(byte[] bytes, byte[] wanted) {
    for (int i = 0; i + wanted.length <= bytes.length; i++) {
      if (Arrays.equals(bytes, i, i + wanted.length, wanted, 0, wanted.length)) {
        return i;
      }
    }
    throw new AssertionError("not there");
  }

  @Test
  void damagedFilesAreNotUsedAndReplaced() throws IOException {
    loaded();
    Path file = codeFile();
    byte[] good = Files.readAllBytes(file);
    Random random = new Random(7);
    for (int i = 0; i < 400; i++) {
      byte[] bad = good.clone();
      // Each byte of the header and of what follows at once, then any.
      int at = i < 200 ? i : random.nextInt(good.length);
      bad[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bad);
      assertEquals(0, loaded(), "a bit of byte " + at);
      assertEquals(FUNCTIONS, loaded());
    }
  }

  @Test
  void truncatedAndExtendedFilesAreNotUsedAndReplaced() throws IOException {
    loaded();
    Path file = codeFile();
    byte[] good = Files.readAllBytes(file);
    for (int i = 0; i <= 60; i++) {
      int length = i < 20 ? 8 * i : good.length - 1 - (good.length - 160) * (60 - i) / 41;
      Files.write(file, Arrays.copyOf(good, length));
      assertEquals(0, loaded(), length + " of " + good.length + " bytes");
    }
    Files.write(file, Arrays.copyOf(good, good.length + 1));
    assertEquals(0, loaded());
    assertEquals(FUNCTIONS, loaded());
  }

  @Test
  void garbageIsNotUsed() throws IOException {
    loaded();
    Path file = codeFile();
    byte[] good = Files.readAllBytes(file);
    Random random = new Random(8);
    for (int i = 0; i < 50; i++) {
      byte[] bad = new byte[good.length];
      random.nextBytes(bad);
      System.arraycopy(good, 0, bad, 0, random.nextInt(120));
      Files.write(file, bad);
      assertEquals(0, loaded());
    }
  }

  @Test
  void theFileOfAnotherModuleIsNotTakenForThatOfThis() throws IOException {
    loaded();
    Path mine = codeFile();
    byte[] other = WASM.clone();
    other[indexOf(other, new byte[] {0x61, 0x62, 0x63})] ^= 1;
    try (Engine engine = engine();
        Module module = engine.compile(other);
        Instance instance = module.instantiate()) {
      instance.function("sum").call(1);
    }
    Path others = codeFiles().stream().filter(file -> !file.equals(mine)).findFirst().orElseThrow();
    Files.write(mine, Files.readAllBytes(others));
    assertEquals(0, loaded());
  }

  @Test
  void filesThatOthersMayWriteToAreNotUsed() throws IOException {
    loaded();
    Path file = codeFile();
    for (String mode : List.of("rw-rw----", "rw----rw-", "rw-rw-rw-")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      assertEquals(0, loaded(), mode);
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
      assertEquals(FUNCTIONS, loaded());
    }
    Path inner = file.getParent();
    assertNotNull(inner);
    Files.setPosixFilePermissions(inner, PosixFilePermissions.fromString("rwxrwx---"));
    assertEquals(0, loaded());
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    loaded();
    Path file = codeFile();
    Path elsewhere = folder.resolve("elsewhere");
    Files.move(file, elsewhere);
    Files.createSymbolicLink(file, elsewhere);
    assertEquals(0, loaded());
    assertTrue(Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS));
  }

  @Test
  void aFolderThatOthersMayWriteToIsRefused() throws IOException {
    loaded();
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxr-x"));
    Queue<String> problems = new ConcurrentLinkedQueue<>();
    CodeCache cache = CodeCache.at(folder).onProblem(problems::add);
    try (Engine engine = Engine.builder().codeCache(cache).build()) {
      assertEquals(0, loaded(engine));
    }
    assertEquals(1, problems.size(), problems::toString);
    assertEquals(
        "the folder " + folder + " may be written to by others (its mode is 0775; chmod go-w would end that): no code"
            + " is kept there",
        problems.peek());
    assertThrows(IOException.class, cache::size);
  }

  @Test
  void whatBelongsToAnotherUserIsRefused() throws IOException {
    loaded();
    try {
      Files.setAttribute(codeFile(), "unix:uid", 4242);
    } catch (IOException e) {
      assumeTrue(false, "only root can give files away");
    }
    assertEquals(0, loaded());
    assertEquals(FUNCTIONS, loaded());
    Files.setAttribute(folder, "unix:uid", 4242);
    assertEquals(0, loaded());
    IOException refused = assertThrows(IOException.class, () -> CodeCache.at(folder).size());
    assertTrue(String.valueOf(refused.getMessage()).contains("belongs to user 4242"), refused::toString);
  }

  @Test
  void aFolderThatCannotBeMadeIsToldOf() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    Queue<String> problems = new ConcurrentLinkedQueue<>();
    CodeCache cache = CodeCache.at(file.resolve("code")).onProblem(problems::add);
    try (Engine engine = Engine.builder().codeCache(cache).build()) {
      assertEquals(0, loaded(engine));
    }
    assertEquals(1, problems.size(), problems::toString);
    assertTrue(String.valueOf(problems.peek()).contains("ENOTDIR"), problems::toString);
  }

  @Test
  void whatWasNotUsedForTheLongestTimeGoes() throws IOException {
    CodeCache cache = CodeCache.at(folder);
    for (int i = 0; i < 20; i++) {
      use(cache, i);
      for (Path file : codeFiles()) {
        FileTime then = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(then.toMillis() - 60_000));
      }
    }
    assertEquals(20, codeFiles().size());
    long each = cache.size() / 20;
    cache.setLimit(10 * each);
    assertEquals(10 * each, cache.limit());
    assertEquals(10, codeFiles().size());
    use(cache, 20);
    assertEquals(10, codeFiles().size());
    assertTrue(cache.size() <= cache.limit());
    // The youngest are there, and the one that came last.
    assertEquals(List.of(0, 0, 1, 1), List.of(use(cache, 0), use(cache, 5), use(cache, 19), use(cache, 20)));
    cache.setLimit(0);
    assertEquals(0, codeFiles().size());
    use(cache, 1);
    assertEquals(0, codeFiles().size());
  }

  /** Uses one of many modules; returns how many functions were loaded. */
  private static int use(CodeCache cache, int number) {
    try (Engine engine = Engine.builder().codeCache(cache).build();
        Module module =
            engine.compileText("(module (func (export \"f\") (result i32) i32.const " + (1000 + number) + "))");
        Instance instance = module.instantiate()) {
      assertEquals(1000 + number, (int) instance.function("f").call());
      return module.statistics().functionsLoaded();
    }
  }

  @Test
  void clearingRemovesAll() throws IOException {
    loaded();
    CodeCache cache = CodeCache.at(folder);
    assertTrue(cache.size() > 0);
    assertEquals(1, cache.modules());
    cache.clear();
    assertEquals(0, cache.size());
    assertEquals(0, loaded());
  }

  @Test
  void manyEnginesAtOnceDoNotDisturbEachOther() throws InterruptedException {
    Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      int seed = t;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      Random random = new Random(seed);
                      for (int i = 0; i < 40; i++) {
                        if (random.nextInt(10) == 0) {
                          CodeCache.at(folder).clear();
                        }
                        loaded();
                      }
                    } catch (Throwable e) {
                      failures.add(e);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), List.copyOf(failures));
    loaded();
    assertEquals(FUNCTIONS, loaded());
  }

  @Test
  void aModuleThatIsNotClosedIsStoredAfterAWhile() throws InterruptedException {
    try (Engine engine = engine();
        Module module = engine.compile(WASM);
        Instance instance = module.instantiate()) {
      use(instance);
      for (int i = 0; i < 600 && codeFiles().isEmpty(); i++) {
        Thread.sleep(50);
      }
      assertEquals(FUNCTIONS, loaded());
    }
  }

  @Test
  void filesAreKnownUntilTheyChange() throws IOException, InterruptedException {
    Path file = Files.write(folder.resolve("module.wasm"), WASM);
    Path records = folder.resolve("files");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertEquals(0, loaded(file, 'b'));
    assertFalse(Files.exists(records), "changed just now: another change could have the same time");
    Thread.sleep(2500); // whatever ticks the file system has
    assertEquals(FUNCTIONS, loaded(file, 'b'));
    try (Stream<Path> known = Files.list(records)) {
      assertEquals(1, known.count());
    }
    assertEquals(FUNCTIONS, loaded(file, 'b'));

    // Another module of the same size, with the old time.
    FileTime time = Files.getLastModifiedTime(file);
    byte[] other = WASM.clone();
    other[indexOf(other, new byte[] {0x61, 0x62, 0x63}) + 1] ^= 1;
    Files.write(file, other);
    Files.setLastModifiedTime(file, time);
    assertEquals(0, loaded(file, 'c'));
    assertEquals(1, loaded(file, 'c'));
  }

  private int loaded(Path file, int expected) throws IOException {
    try (Engine engine = engine();
        Module module = engine.compile(file);
        Instance instance = module.instantiate()) {
      assertEquals(expected, (int) instance.function("load").call(1));
      if (expected == 'b') {
        use(instance);
      }
      return module.statistics().functionsLoaded();
    }
  }

  @Test
  void filesThatOthersMayWriteToAreNotRemembered() throws IOException, InterruptedException {
    Path file = Files.write(folder.resolve("module.wasm"), WASM);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    Thread.sleep(2500);
    assertEquals(0, loaded(file, 'b'));
    assertEquals(FUNCTIONS, loaded(file, 'b'));
    assertFalse(Files.exists(folder.resolve("files")));
  }
}

