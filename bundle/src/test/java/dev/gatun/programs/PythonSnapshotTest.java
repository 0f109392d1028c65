package dev.gatun.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.DeadlineException;
import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.InstancePool;
import dev.gatun.Limits;
import dev.gatun.MemoryLimitException;
import dev.gatun.Module;
import dev.gatun.Snapshot;
import dev.gatun.SnapshotException;
import dev.gatun.wasi.Wasi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** CPython that has started once, and goes on many times. */
@Timeout(300)
class PythonSnapshotTest {
  private static final String SERVER = "import sys, json\nstate = {}\nexec(sys.stdin.read())";

  private static Snapshot start(Module module, String script) throws IOException {
    try (Wasi wasi = Wasi.builder().arguments(List.of("python", "-c", script)).build()) {
      return wasi.snapshot(module);
    }
  }

  private interface Run {
    int of(Wasi wasi, Imports imports);
  }

  private static String answer(String request, Run run) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (Wasi wasi =
        Wasi.builder().stdin(request.getBytes(StandardCharsets.UTF_8)).stdout(out).stderr(err).build()) {
      assertEquals(0, run.of(wasi, Imports.builder().provider(wasi.imports()).build()), err.toString());
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void requestsAreAnsweredByOneStart() throws IOException {
    try (Engine engine = Engine.create();
        Module module = engine.compile(Programs.python());
        Snapshot snapshot = start(module, SERVER);
        InstancePool pool = InstancePool.builder(snapshot).maxSize(2).build()) {
      for (int i = 0; i < 3; i++) {
        String request =
            "assert not state\nstate['x'] = " + i + "\nprint(json.dumps({'sum': sum(range(" + i + "00)), **state}))";
        long sum = 100L * i * (100L * i - 1) / 2;
        String expected = "{\"sum\": " + sum + ", \"x\": " + i + "}\n";
        assertEquals(
            expected,
            answer(
                request,
                (wasi, imports) -> {
                  try (Instance instance = snapshot.instantiate(imports)) {
                    assertTrue(instance.isSuspended());
                    return wasi.run(instance);
                  }
                }));
        assertEquals(
            expected,
            answer(
                request,
                (wasi, imports) -> {
                  try (InstancePool.Lease lease = pool.acquire(imports)) {
                    return wasi.run(lease.instance());
                  }
                }));
      }
      assertEquals(1, pool.created());
    }
  }

  @Test
  void openFilesAreInTheWay(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("file"), "text");
    try (Engine engine = Engine.create();
        Module module = engine.compile(Programs.python());
        Wasi wasi =
            Wasi.builder()
                .arguments(List.of("python", "-c", "import sys\nf = open('/data/file')\nsys.stdin.read()"))
                .directory(folder, "/data", true)
                .build();
        Wasi other = Wasi.builder().arguments(List.of("python", "-c", "print(1)")).build()) {
      SnapshotException refused = assertThrows(SnapshotException.class, () -> wasi.snapshot(module));
      assertTrue(refused.getMessage().contains("opened descriptors"), refused.getMessage());
      IllegalStateException ended = assertThrows(IllegalStateException.class, () -> other.snapshot(module));
      assertTrue(ended.getMessage().contains("exit code 0"), ended.getMessage());
    }
  }

  @Test
  void theStartHasLimitsOfItsOwn() throws IOException {
    String loop = "(module (memory (export \"memory\") 3) (func (export \"_start\") (loop (br 0))))";
    Limits limits = Limits.builder().timeout(Duration.ofMillis(50)).build();
    try (Engine engine = Engine.create();
        Module module = engine.compileText(loop);
        Wasi wasi = Wasi.builder().build()) {
      assertThrows(DeadlineException.class, () -> wasi.snapshot(module, Imports.builder(), limits));
      Limits small = Limits.builder().memory(2 << 16).build();
      assertThrows(MemoryLimitException.class, () -> wasi.snapshot(module, Imports.builder(), small));
    }
  }
}
