package dev.gatun.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Allocator;
import dev.gatun.Engine;
import dev.gatun.HostCall;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.Trap;
import dev.gatun.wasi.Wasi;
import dev.gatun.wasi.WasiExit;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.invoke.MethodHandles;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Go, whose runtime brings a scheduler and a collector of its own. */
@Timeout(300)
class GoTest {
  private static final Engine ENGINE = Engine.create();
  private static Module module;

  @TempDir private Path folder;

  @BeforeAll
  static void compile() throws IOException {
    module = ENGINE.compile(Programs.c("go"));
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Run end(int code, Run run) throws IOException {
    assertEquals(code, run.of(module), run::toString);
    return run;
  }

  private static void assertPrints(String expected, String... arguments) throws IOException {
    Run run = end(0, new Run(arguments));
    assertEquals(expected, run.out());
    assertEquals("", run.err());
  }

  @Test
  void argumentsVariablesAndStreamsArePassed() throws IOException {
    Run run =
        new Run("go", "process", "one", "", "zwei \u00e4")
            .env("NAME", "value=\u00fc")
            .env("PWD", "/data")
            .stdin("1\n41")
            .directory(folder, "/data", false);
    end(7, run);
    assertEquals("wasip1 wasm 42\n", run.out());
    assertEquals("done\n", run.err());
  }

  /** With openat2, and with the walk that replaces it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void filesAreReadWrittenAndConfined(boolean walk) throws IOException {
    Path data = Files.createDirectory(folder.resolve("data"));
    Path fixed = Files.createDirectory(folder.resolve("fixed"));
    Files.writeString(fixed.resolve("kept"), "kept");
    Files.writeString(folder.resolve("secret"), "secret");
    Files.createSymbolicLink(data.resolve("out"), Path.of(".."));
    System.setProperty("gatun.wasi.walk", String.valueOf(walk));
    try {
      Run run =
          new Run("go", "files").env("PWD", "/data").directory(data, "/data", false).directory(fixed, "/fixed", true);
      end(0, run);
      assertEquals(
          """
          /data/a:d---------
          /data/a/b:d---------
          /data/a/b/c:d---------
          /data/a/b/c/moved:----------
          /data/a/file:----------
          /data/a/link:L---------
          """,
          run.out());
    } finally {
      System.clearProperty("gatun.wasi.walk");
    }
    assertEquals("kept", Files.readString(fixed.resolve("kept")));
  }

  @Test
  void foldersCanBeListedWhileTheyChange() throws IOException {
    Run run = end(0, new Run("go", "listing").directory(folder, "/data", false));
    assertEquals("3000 0\n", run.out());
  }

  @Test
  void goroutinesTakeTurns() throws IOException {
    assertPrints(
        """
        prime 1987 goroutines 302
        10000 map[0:4995000 1:4996000 2:4997000 3:4998000 4:4999000 5:5000000 6:5001000 7:5002000 8:5003000 9:5004000]
        recovered: assignment to entry in nil map
        context deadline exceeded
        20 40 60
        """,
        "go", "goroutines");
  }

  @Test
  void garbageIsCollected() throws IOException {
    assertPrints(
        """
        finalized true
        81920 819200 4998 39952 true
        fbbab289f7f94b25736c58be46a994c441fd02552cc6022352e3d86d2fab7c83
        """,
        "go", "memory");
  }

  /** Go's stack is moved as it grows; the one of the calls grows with it only between two switches of goroutines. */
  @Test
  void callsGoDeep() throws IOException {
    assertPrints("20000 1003\n110000 1000000\n", "go", "deep");
  }

  @Test
  void textsNumbersAndArchivesAreRight() throws IOException {
    assertPrints(
        """
        [{"X":1.5e+300,"Y":-0.1},{"X":0,"Y":0,"tags":{"a":[1,"\u00e4",null]}}] {0 0 map[a:[1 \u00e4 <nil>]]}
        600000 true
        375 78865786736479050355 308594613
        0.3 0.667 9.999889e-321 ff "a\\nb" [c] +0
        [brown dog fox jumps lazy over quick the]
        false
        """,
        "go", "text");
  }

  @Test
  void timePasses() throws IOException {
    long before = System.currentTimeMillis() / 1000;
    Run run = end(0, new Run("go", "time"));
    assertTrue(run.out().startsWith("1970-01-01T00:00:00Z "), run::out);
    long now = Long.parseLong(run.out().strip().substring(21));
    assertTrue(now >= before && now <= before + 600, run::out);
  }

  /** Panics of the runtime and of the program end it with code 2 and tell where. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          deadlock; fatal error: all goroutines are asleep - deadlock!
          divide; panic: runtime error: integer divide by zero
          index; panic: runtime error: index out of range [2] with length 2
          panic; panic: of our own
          pointer; panic: runtime error: invalid memory address or nil pointer dereference
          """)
  void panicsAreTold(String command, String message) throws IOException {
    Run run = end(2, new Run("go", command));
    assertEquals("", run.out());
    assertTrue(run.err().startsWith(message + "\n"), run::err);
    assertTrue(run.err().contains("\ngoroutine 1 ["), run::err);
    assertTrue(run.err().contains("\nmain.main()\n\t./library.go:"), run::err);
  }

  @Test
  void anAbortIsATrap() throws IOException {
    Run run = end(-1, new Run("go", "trap"));
    assertEquals(Trap.Kind.UNREACHABLE, run.trap().kind());
    assertTrue(run.err().startsWith("panic: crash\n"), run::err);
    String backtrace = run.trap().backtrace().toString();
    assertTrue(backtrace.contains("runtime.abort") && backtrace.contains("main.trap"), backtrace);
  }

  @Test
  void endlessRecursionEnds() throws IOException {
    Run limited = end(2, new Run("go", "overflow", "limited"));
    assertTrue(limited.err().startsWith("runtime: goroutine stack exceeds 262144-byte limit\n"), limited::err);
    assertTrue(limited.err().contains("fatal error: stack overflow\n"), limited::err);
    Run run = end(-1, new Run("go", "overflow"));
    assertEquals(Trap.Kind.CALL_STACK_EXHAUSTED, run.trap().kind());
    assertPrints("20000 1003\n110000 1000000\n", "go", "deep");
  }

  /** Two connections, of which the second is served while the first is open. */
  @Test
  void connectionsAreServed() throws Exception {
    try (ServerSocketChannel channel = ServerSocketChannel.open()) {
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Run run = new Run("go", "serve").listener(channel);
      FutureTask<String> answers = new FutureTask<>(() -> talk(channel.getLocalAddress()));
      Thread.ofPlatform().daemon().start(answers);
      end(0, run);
      assertEquals("ONE|TWO|THREE|FOUR|null|null", answers.get());
      assertEquals("served\n", run.out());
    }
  }

  private static String talk(SocketAddress address) throws IOException {
    List<String> answers = new ArrayList<>();
    try (Socket first = new Socket();
        Socket second = new Socket()) {
      first.connect(address);
      BufferedReader fromFirst = send(first, "one");
      answers.add(fromFirst.readLine());
      second.connect(address);
      BufferedReader fromSecond = send(second, "two");
      answers.add(fromSecond.readLine());
      send(first, "three");
      answers.add(fromFirst.readLine());
      send(second, "four");
      answers.add(fromSecond.readLine());
      first.shutdownOutput();
      second.shutdownOutput();
      answers.add(fromFirst.readLine());
      answers.add(fromSecond.readLine());
    }
    return String.join("|", answers);
  }

  private static BufferedReader send(Socket socket, String line) throws IOException {
    socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  /** What the library exports. */
  @Allocator(allocate = "allocate")
  interface Library {
    int add(int a, int b);

    double average(double a, float b);

    void greet(String name);

    int keep(int key);

    long nested(long number);

    long sum(int goroutines);

    void leave(int code);

    void fail();
  }

  /** What it imports. */
  interface Host {
    void log(String text);

    long twice(HostCall call, long number);
  }

  private static final class Recorder implements Host {
    final List<String> lines = new ArrayList<>();

    @Override
    public void log(String text) {
      lines.add(text);
    }

    @Override
    public long twice(HostCall call, long number) {
      return 2 * (long) call.instance().function("square").call(number);
    }
  }

  @Test
  void aLibraryIsCalled() throws IOException {
    Recorder host = new Recorder();
    ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    try (Module library = ENGINE.compile(Programs.c("go-reactor"));
        Wasi wasi = Wasi.builder().stderr(stderr).build();
        Instance instance =
            library.instantiate(
                Imports.builder()
                    .provider(wasi.imports())
                    .object(MethodHandles.lookup(), "host", Host.class, host)
                    .build())) {
      wasi.initialize(instance);
      Library go = instance.as(MethodHandles.lookup(), Library.class);
      assertEquals(Integer.MIN_VALUE, go.add(Integer.MAX_VALUE, 1));
      assertEquals(0.875, go.average(1.25, 0.5f));
      go.greet("Gat\u00fan");
      assertEquals(List.of("initialized", "Hello, GAT\u00daN"), host.lines);
      for (int i = 0; i < 100; i++) {
        assertEquals(i + 1, go.keep(i));
      }
      assertEquals(2 * 49 + 1, go.nested(7));
      assertEquals(1999 * 1000, go.sum(2000));
      assertFalse(stderr.size() > 0, stderr::toString);
      assertEquals(9, assertThrows(WasiExit.class, () -> go.leave(9)).code());
      // A library does not end the process of others.
      assertEquals(Trap.Kind.UNREACHABLE, assertThrows(Trap.class, go::fail).kind());
      assertTrue(stderr.toString(StandardCharsets.UTF_8).startsWith("panic: of our own\n"), stderr::toString);
    }
  }
}
