package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.CoreDump;
import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.Store;
import dev.gatun.Trap;
import dev.gatun.WasmFrame;
import dev.gatun.text.TextFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Core dumps, read by {@link CoreReader}. */
final class CoreDumpTest {
  private static final byte[] WASM =
      TextFormat.parse(
          """
          (module $dumped
            (import "host" "back" (func $back))
            (memory $first (export "memory") 2 5)
            (memory $second i64 1)
            (global (mut i32) (i32.const -7))
            (global i64 (i64.const 0x123456789abcdef0))
            (global (mut f32) (f32.const 1.5))
            (global (mut f64) (f64.const -2.25))
            (global v128 (v128.const i64x2 1 -2))
            (global funcref (ref.func $outer))
            (global externref (ref.null extern))
            (table 1 funcref)
            (elem (i32.const 0) $outer)
            (data (memory $first) (i32.const 100) "hello")
            (data (memory $first) (i32.const 131071) "!")
            (data (memory $second) (i64.const 4095) "across pages")
            (func $outer (export "run") (param i32 i64 f32 f64) (result i32)
              (local $sum i64) (local $constant i32) (local $dead i32) (local $vector v128) (local $late f64)
              i32.const 42  local.set $constant
              i32.const 5  local.set $dead
              local.get 1  i64.const 1  i64.add  local.set $sum
              local.get 0  local.get $dead  call $middle
              local.get $constant  i32.add
              local.get $sum  i32.wrap_i64  i32.add
              local.get 0  i32.add
              local.get 1  i32.wrap_i64  i32.add
              local.get 2  i32.trunc_f32_s  i32.add
              local.get 3  i32.trunc_f64_s  i32.add
              local.get $late  i32.trunc_f64_s  i32.add)
            (func $middle (param $what i32) (param $x i32) (result i32)
              global.get 0  i32.const 1  i32.add  global.set 0
              local.get $what
              if
                i32.const 8  local.get $what  i32.store
                call $back
              end
              local.get $x  i32.const 0  i32.div_s
              local.get $what  i32.add)
            (func (export "grow_far")
              i32.const 65536  i32.const 1  i32.const 100000  memory.fill))
          """);

  private static final Imports NOTHING = host(() -> {});

  @TempDir private Path folder;

  private static Imports host(Runnable body) {
    return Imports.builder()
        .function("host", "back", new dev.gatun.FuncType(List.of(), List.of()), call -> body.run())
        .build();
  }

  /** The dumps that were taken, as bytes. */
  private final List<byte[]> dumps = new ArrayList<>();

  private Engine engine() {
    return Engine.builder().coreDumps((trap, dump) -> dumps.add(bytes(dump))).build();
  }

  private static byte[] bytes(CoreDump dump) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    dump.write(out);
    return out.toByteArray();
  }

  private CoreReader onlyDump() {
    assertEquals(1, dumps.size());
    return new CoreReader(dumps.getFirst());
  }

  private static byte[] contents(CoreReader core, int memory, long size) {
    byte[] bytes = new byte[(int) size];
    for (CoreReader.Data segment : core.data) {
      if (segment.memory() == memory) {
        System.arraycopy(segment.bytes(), 0, bytes, (int) segment.offset(), segment.bytes().length);
      }
    }
    return bytes;
  }

  @Test
  void aTrapIsDumpedWithItsFramesMemoriesAndGlobals() {
    try (Engine engine = engine();
        Module module = engine.compile(WASM);
        Instance instance = module.instantiate(NOTHING)) {
      Trap trap =
          assertThrows(Trap.class, () -> instance.function("run").call(3, 10L, 2.5f, 3.5));
      assertEquals(Trap.Kind.INTEGER_DIVIDE_BY_ZERO, trap.kind());
      CoreReader core = onlyDump();
      assertEquals("dumped", core.program);
      assertEquals(List.of("dumped"), core.modules);
      assertEquals(Thread.currentThread().getName(), core.thread);
      assertEquals(
          List.of(new CoreReader.Instance(0, List.of(0, 1), List.of(0, 1, 2, 3, 4, 5, 6))), core.instances);
      checkFrames(trap, core);
      assertEquals(List.of(new CoreReader.Memory(1, 2, 5), new CoreReader.Memory(4, 1, -1)), core.memories);
      byte[] first = new byte[2 << 16];
      System.arraycopy("hello".getBytes(StandardCharsets.US_ASCII), 0, first, 100, 5);
      first[131071] = '!';
      first[8] = 3;
      assertArrayEquals(first, contents(core, 0, 2 << 16));
      byte[] second = new byte[1 << 16];
      System.arraycopy("across pages".getBytes(StandardCharsets.US_ASCII), 0, second, 4095, 12);
      assertArrayEquals(second, contents(core, 1, 1 << 16));
      assertTrue(dumps.getFirst().length < 1000, "zeros are left out: " + dumps.getFirst().length);
      checkGlobals(core);
    }
  }

  private static void checkFrames(Trap trap, CoreReader core) {
    assertEquals(2, core.stack.size());
    CoreReader.Frame middle = core.stack.getFirst();
    CoreReader.Frame outer = core.stack.get(1);
    assertEquals(0, middle.instance());
    assertEquals(2, middle.function());
    assertEquals(1, outer.function());
    // The offsets are those of the backtrace, from where the bodies start.
    List<WasmFrame> backtrace = trap.backtrace();
    assertEquals(2, backtrace.size());
    long division = backtrace.getFirst().offset();
    assertEquals(0x6d, WASM[(int) division]);
    // The size of the body, in one byte, lies before its start.
    int start = (int) division - middle.codeOffset();
    assertEquals(bodyEnd(division), start + WASM[start - 1]);
    assertEquals(2, middle.locals().size());
    assertEquals(9, outer.locals().size());
    // Across a call, locals that are used later are in the frame, or known to be constants.
    assertEquals(Arrays.asList(3, 10L, 2.5f, 3.5, 11L, 42), outer.locals().subList(0, 6));
    assertEquals(null, outer.locals().get(7), "vectors can't be written");
    assertEquals(0.0, outer.locals().get(8));
    Object what = middle.locals().getFirst();
    assertTrue(what == null || what.equals(3), "in a register, or right: " + what);
    assertEquals(List.of(), outer.stack());
  }

  /** The end of the function that has i32.div_s: the first end behind the addition that follows. */
  private static long bodyEnd(long offset) {
    int at = (int) offset + 1;
    assertEquals(0x20, WASM[at]);
    assertEquals(0x6a, WASM[at + 2]);
    assertEquals(0x0b, WASM[at + 3]);
    return at + 4;
  }

  private static void checkGlobals(CoreReader core) {
    assertEquals(7, core.globals.size());
    assertEquals(new CoreReader.Global(0x7f, false, -6), core.globals.getFirst());
    assertEquals(new CoreReader.Global(0x7e, false, 0x123456789abcdef0L), core.globals.get(1));
    assertEquals(new CoreReader.Global(0x7d, false, 1.5f), core.globals.get(2));
    assertEquals(new CoreReader.Global(0x7c, false, -2.25), core.globals.get(3));
    assertArrayEquals(new long[] {1, -2}, (long[]) core.globals.get(4).value());
    assertEquals(new CoreReader.Global(0x70, false, null), core.globals.get(5));
    assertEquals(new CoreReader.Global(0x6f, false, null), core.globals.get(6));
  }

  @Test
  void aDumpIsAModuleThatCanBeInstantiated() {
    try (Engine engine = engine();
        Module module = engine.compile(WASM);
        Instance instance = module.instantiate(NOTHING)) {
      assertThrows(Trap.class, () -> instance.function("grow_far").call());
      try (Module core = engine.compile(dumps.getFirst());
          Instance revived = core.instantiate()) {
        assertEquals(2, revived.store().statistics().memories());
        assertEquals(3 << 16, revived.store().statistics().memoryCommitted());
      }
    }
  }

  @Test
  void aTrapOfTheRuntimeHasItsFrames() {
    try (Engine engine = engine();
        Module module = engine.compile(WASM);
        Instance instance = module.instantiate(NOTHING)) {
      assertThrows(Trap.class, () -> instance.function("grow_far").call());
      CoreReader core = onlyDump();
      assertEquals(1, core.stack.size());
      assertEquals(3, core.stack.getFirst().function());
      assertTrue(core.stack.getFirst().codeOffset() > 0);
    }
  }

  @Test
  void instancesOfAStoreShareWhatTheyShare() {
    byte[] user =
        TextFormat.parse(
            """
            (module $user
              (import "dumped" "memory" (memory 2 5))
              (import "dumped" "run" (func $run (param i32 i64 f32 f64) (result i32)))
              (func (export "go") (param i32)
                local.get 0  i64.const 0  f32.const 0  f64.const 0  call $run  drop
                local.get 0  drop))
            """);
    try (Engine engine = engine();
        Module first = engine.compile(WASM);
        Module second = engine.compile(user);
        Store store = engine.newStore()) {
      Instance dumped = store.instantiate(first, NOTHING);
      Instance using = store.instantiate(second, Imports.builder().instance("dumped", dumped).build());
      assertThrows(Trap.class, () -> using.function("go").call(9));
      CoreReader core = onlyDump();
      assertEquals("user", core.program);
      assertEquals(List.of("dumped", "user"), core.modules);
      assertEquals(2, core.instances.size());
      assertEquals(List.of(0), core.instances.get(1).memories());
      assertEquals(List.of(), core.instances.get(1).globals());
      assertEquals(2, core.memories.size());
      assertEquals(List.of(0, 0, 1), core.stack.stream().map(CoreReader.Frame::instance).toList());
      assertEquals(List.of(9), core.stack.get(2).locals());
    }
  }

  @Test
  void aTrapBelowAHostFunctionIsDumpedOnce() {
    try (Engine engine = engine();
        Module module = engine.compile(WASM)) {
      Instance[] holder = new Instance[1];
      Instance instance = module.instantiate(host(() -> holder[0].function("grow_far").call()));
      holder[0] = instance;
      assertThrows(Trap.class, () -> instance.function("run").call(1, 0L, 0f, 0.0));
      assertEquals(3, onlyDump().stack.getFirst().function());
      instance.close();
    }
  }

  @Test
  void anExhaustedStackIsDumpedAsFarAsThatMakesSense() {
    byte[] wasm =
        TextFormat.parse(
            "(module (func $f (export \"f\") (param i32)"
                + " local.get 0 i32.const 1 i32.add call $f  local.get 0 drop))");
    try (Engine engine = engine();
        Module module = engine.compile(wasm);
        Instance instance = module.instantiate()) {
      assertThrows(Trap.class, () -> instance.function("f").call(0));
      CoreReader core = onlyDump();
      assertEquals(1000, core.stack.size());
      Integer depth = (Integer) core.stack.get(1).locals().getFirst();
      for (int i = 2; i < 1000; i++) {
        assertEquals(depth - i + 1, core.stack.get(i).locals().getFirst());
      }
    }
  }

  @Test
  void aTrapWhileAnInstanceIsMadeIsDumped() {
    byte[] wasm = TextFormat.parse("(module (memory 1) (data (i32.const 65536) \"x\") (global i32 (i32.const 1)))");
    try (Engine engine = engine();
        Module module = engine.compile(wasm)) {
      assertThrows(Trap.class, module::instantiate);
      CoreReader core = onlyDump();
      assertEquals(List.of(), core.stack);
      assertEquals(1, core.memories.size());
      assertEquals("", core.program);
    }
  }

  @Test
  void aLoopThatIsInterruptedShowsItsLocals() throws InterruptedException {
    byte[] wasm =
        TextFormat.parse(
            """
            (module
              (import "host" "started" (func $started))
              (func (export "spin") (param $n i32) (result i64) (local $i i64) (local $kept i64)
                i64.const 77  local.set $kept
                call $started
                loop
                  local.get $i  i64.const 1  i64.add  local.set $i
                  br 0
                end
                local.get $kept))
            """);
    try (Engine engine = engine();
        Module module = engine.compile(wasm)) {
      Instance[] holder = new Instance[1];
      Imports imports =
          Imports.builder()
              .function(
                  "host",
                  "started",
                  new dev.gatun.FuncType(List.of(), List.of()),
                  call -> holder[0].store().interrupt())
              .build();
      Instance instance = module.instantiate(imports);
      holder[0] = instance;
      assertThrows(Trap.class, () -> instance.function("spin").call(5));
      CoreReader.Frame frame = onlyDump().stack.getFirst();
      assertEquals(3, frame.locals().size());
      assertEquals(0L, frame.locals().get(1), "the first check is the one that sees the interruption");
      assertEquals(77L, frame.locals().get(2));
      instance.close();
    }
  }

  @Test
  void aGuestWithoutFuelShowsWhereItWas() {
    byte[] wasm =
        TextFormat.parse(
            """
            (module (func (export "spin") (param $n i32) (local $i i32) (local $kept i64)
              local.get $n  i64.extend_i32_u  local.set $kept
              loop
                local.get $i  i32.const 1  i32.add  local.tee $i
                local.get $n  i32.ne
                br_if 0
              end
              local.get $kept  drop))
            """);
    Engine.Builder builder = Engine.builder().coreDumps((trap, dump) -> dumps.add(bytes(dump)));
    try (Engine engine = builder.fuel(true).limits(Limits.builder().fuel(1000).build()).build();
        Module module = engine.compile(wasm);
        Instance instance = module.instantiate()) {
      Trap trap = assertThrows(Trap.class, () -> instance.function("spin").call(1_000_000));
      assertEquals(Trap.Kind.OUT_OF_FUEL, trap.kind());
      List<Object> locals = onlyDump().stack.getFirst().locals();
      Object n = locals.getFirst();
      Object i = locals.get(1);
      assertEquals(1_000_000, n);
      assertTrue((Integer) i > 100 && (Integer) i < 1000, locals.toString());
    }
  }

  /** A function that sets many locals, traps by an instruction, and uses them all behind it. */
  private static byte[] manyLocals(String trapping) {
    StringBuilder text = new StringBuilder("(module (memory 1) (func (export \"f\") (param i32 f64) (result f64)");
    for (int i = 0; i < 10; i++) {
      text.append(" (local i32 f64)");
    }
    for (int i = 0; i < 10; i++) {
      text.append(" local.get 0 i32.const ").append(i).append(" i32.add local.set ").append(2 + 2 * i);
      text.append(" local.get 1 f64.const ").append(i).append(" f64.add local.set ").append(3 + 2 * i);
    }
    text.append(' ').append(trapping).append(" f64.const 0");
    for (int i = 0; i < 10; i++) {
      // Twice, so that the locals are worth a register.
      for (int j = 0; j < 2; j++) {
        text.append(" local.get ").append(2 + 2 * i).append(" f64.convert_i32_s f64.add");
        text.append(" local.get ").append(3 + 2 * i).append(" f64.add");
      }
    }
    return TextFormat.parse(text.append("))").toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "local.get 0 i32.const 0 i32.div_s drop",
        "local.get 4 i32.const 0 i32.rem_u local.set 6",
        "i32.const -4 i64.load offset=8 drop",
        "local.get 1 f64.const 1e300 f64.mul i32.trunc_f64_s local.set 2",
        "local.get 2 i32.const -4 i32.load offset=8 i32.add local.set 2",
        "i32.const 1000000 local.get 1 f64.store",
        "i32.const 65535 i32.const 0 i32.const 100 memory.fill",
        "i32.const 4 i32.const -1 i32.shl if unreachable end i64.const 0 i64.const 0 i64.div_u drop"
      })
  void localsThatAreShownAreRight(String trapping) {
    try (Engine engine = engine();
        Module module = engine.compile(manyLocals(trapping));
        Instance instance = module.instantiate()) {
      assertThrows(Trap.class, () -> instance.function("f").call(7, 2.5));
      List<Object> locals = onlyDump().stack.getFirst().locals();
      assertEquals(22, locals.size());
      int known = 0;
      for (int i = 2; i < 22; i++) {
        Object right = i % 2 == 0 ? (Object) (7 + (i - 2) / 2) : (Object) (2.5 + (i - 3) / 2);
        Object shown = locals.get(i);
        assertTrue(shown == null || shown.equals(right), "local " + i + ": " + shown + " instead of " + right);
        known += shown == null ? 0 : 1;
      }
      assertTrue(known >= 14, "known: " + known + " of " + locals);
    }
  }

  @Test
  void dumpsOfADirectoryEndAtTheirNumber() throws IOException {
    try (Engine engine = Engine.builder().coreDumps(folder, 2).build();
        Module module = engine.compile(WASM);
        Instance instance = module.instantiate(NOTHING)) {
      for (int i = 0; i < 4; i++) {
        assertThrows(Trap.class, () -> instance.function("grow_far").call());
      }
      List<Path> written;
      try (var files = Files.list(folder)) {
        written = files.sorted().toList();
      }
      assertEquals(2, written.size());
      for (Path file : written) {
        String name = file.getFileName().toString();
        assertTrue(name.matches("core-" + ProcessHandle.current().pid() + "-\\d+-[12][.]wasm"), name);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(1, new CoreReader(Files.readAllBytes(file)).stack.size());
      }
    }
    assertThrows(IllegalArgumentException.class, () -> Engine.builder().coreDumps(folder, 0));
  }

  @Test
  void whatGoesWrongIsToldWithTheTrap() {
    try (Engine engine = Engine.builder().coreDumps(folder.resolve("absent"), 1).build();
        Module module = engine.compile(WASM);
        Instance instance = module.instantiate(NOTHING)) {
      Trap trap = assertThrows(Trap.class, () -> instance.function("grow_far").call());
      assertEquals(1, trap.getSuppressed().length);
      assertTrue(trap.getSuppressed()[0].getMessage().contains("absent"));
    }
  }

  @Test
  void aDumpThatIsOverCannotBeWritten() {
    CoreDump[] kept = new CoreDump[1];
    try (Engine engine = Engine.builder().coreDumps((trap, dump) -> kept[0] = dump).build();
        Module module = engine.compile(WASM);
        Instance instance = module.instantiate(NOTHING)) {
      assertThrows(Trap.class, () -> instance.function("grow_far").call());
      assertNotNull(kept[0]);
      assertThrows(IllegalStateException.class, () -> bytes(kept[0]));
      assertFalse(Files.exists(folder.resolve("core.wasm")));
    }
  }
}
