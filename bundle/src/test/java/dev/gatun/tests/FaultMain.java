package dev.gatun.tests;

import dev.gatun.CodeCache;
import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.InstancePool;
import dev.gatun.Module;
import dev.gatun.Snapshot;
import dev.gatun.Store;
import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import dev.gatun.system.OutOfAddressSpaceException;
import dev.gatun.wasi.Wasi;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@link FaultInjectionTest} runs in a JVM of its own: all that asks the system for memory, while it refuses. */
final class FaultMain {
  private FaultMain() {}

  /** Printed when all went well. */
  static final String DONE = "faults: done";

  /** How often each call is made to fail: a leak shows as so many mappings. */
  private static final int ROUNDS = 5;

  /** Mappings that may come and go for reasons of the JVM's own. */
  private static final int SLACK = 4;

  private static final String MODULE =
      """
      (module
        (memory (export "memory") 2 64)
        (data (i32.const 0) "first")
        (data (i32.const 70000) "second")
        (table $functions 2 100 funcref)
        (elem (i32.const 0) $grow $read)
        (table $any 1 100 externref)
        (type $cell (struct (field (mut i32))))
        (global $kept (mut (ref null $cell)) (ref.null $cell))
        (func $grow (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
        (func $read (export "read") (param i32) (result i32) (i32.load8_u (local.get 0)))
        (func (export "write") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
        (func (export "growTable") (param i32) (result i32) (table.grow $any (ref.null extern) (local.get 0)))
        (func (export "allocate") (param i32) (result i32)
          (loop $more
            (global.set $kept (struct.new $cell (local.get 0)))
            (br_if $more (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
          (struct.get $cell 0 (global.get $kept))))
      """;

  /**
   * Runs.
   *
   * @param arguments {@code each} to let each call of a warm engine fail in turn; {@code leases} to count the calls
   *     of leases of a pool; {@code first N} to let the call fail, in a JVM that has not used the engine, before which
   *     there are N; {@code refuse ERROR FOLDER} to do without calls that a sandbox may forbid; {@code descriptors
   *     FOLDER} to have none left; {@code cache FOLDER} to let each call of a code cache fail in turn
   */
  public static void main(String[] arguments) throws IOException {
    switch (arguments[0]) {
      case "each" -> failEach(newFaults());
      case "leases" -> countCallsOfLeases(newFaults());
      case "first" -> failFirst(newFaults(), Integer.parseInt(arguments[1]));
      case "refuse" -> {
        SystemCallFaults.refuse(
            Integer.parseInt(arguments[1]),
            Machine.SYS_memfd_create(),
            Machine.SYS_membarrier(),
            Machine.SYS_openat2());
        use();
        useFiles(Path.of(arguments[2]));
      }
      case "descriptors" -> withoutDescriptors(Path.of(arguments[1]));
      case "cache" -> failCache(Path.of(arguments[1]));
      default -> throw new IllegalArgumentException(arguments[0]);
    }
    System.out.println(DONE);
  }

  private static SystemCallFaults newFaults() {
    return new SystemCallFaults(
        Machine.SYS_mmap(), Machine.SYS_mprotect(), Machine.SYS_mremap(), Machine.SYS_memfd_create(),
        Machine.SYS_ftruncate(), Machine.SYS_madvise(), Machine.SYS_membarrier(), Machine.SYS_ioctl());
  }

  private static void failFirst(SystemCallFaults faults, int after) {
    faults.fail(after, LibC.ENOMEM());
    try {
      use();
      System.out.println("succeeded");
    } catch (RuntimeException | Error e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        System.out.println("because: " + cause.getMessage());
      }
    }
    faults.stop();
    use();
  }

  private static void failEach(SystemCallFaults faults) throws IOException {
    use();
    use();
    faults.fail(Integer.MAX_VALUE, 0);
    use();
    int calls = faults.stop();
    System.out.println("calls: " + calls);
    int refused = 0;
    int leaks = 0;
    for (int call = 0; call < calls; call++) {
      long before = mappings();
      String message = "";
      for (int round = 0; round < ROUNDS; round++) {
        faults.fail(call, LibC.ENOMEM());
        try {
          use();
        } catch (OutOfAddressSpaceException e) {
          message = String.valueOf(e.getMessage());
          if (!message.contains("ENOMEM")) {
            throw new AssertionError("call " + call + " fails, and the message does not say so", e);
          }
        }
        faults.stop();
      }
      use();
      long more = mappings() - before;
      System.out.println("call " + call + ": " + more + " mappings more; " + message);
      leaks += more > SLACK ? 1 : 0;
      refused += message.isEmpty() ? 0 : 1;
    }
    if (leaks > 0 || refused == 0) {
      throw new AssertionError(refused + " of the calls were refused; " + leaks + " leave something behind, see above");
    }
  }

  private static void countCallsOfLeases(SystemCallFaults faults) {
    try (Engine engine = Engine.create();
        Module module = engine.compileText(MODULE);
        InstancePool pool = InstancePool.builder(module).maxSize(1).build()) {
      lease(pool, 5);
      faults.fail(Integer.MAX_VALUE, 0);
      lease(pool, LEASES);
      System.out.println(faults.stop() + " calls for " + LEASES + " leases");
    }
  }

  private static final int LEASES = 10;

  private static void lease(InstancePool pool, int times) {
    for (int i = 0; i < times; i++) {
      try (InstancePool.Lease lease = pool.acquire()) {
        expect((int) 'f', call(lease.instance(), "read", 0));
        call(lease.instance(), "write", 0, i);
        call(lease.instance(), "write", 100_000, i);
        expect(i, call(lease.instance(), "read", 100_000));
      }
    }
  }

  private static long mappings() throws IOException {
    System.gc();
    long count = 0;
    for (String _ : Files.readAllLines(Path.of("/proc/self/maps"))) {
      count++;
    }
    return count + descriptors();
  }

  private static long descriptors() throws IOException {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  private static void withoutDescriptors(Path folder) throws IOException {
    use();
    useFiles(folder);
    // From a folder, unlike from a jar, a class can't be loaded without a descriptor.
    System.out.println(SystemCall.errorName(LibC.EMFILE()));
    List<Long> taken = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom("/dev/null");
      while (true) {
        long descriptor = SystemCall.call(Machine.SYS_openat(), LibC.AT_FDCWD(), name.address(), 0, 0);
        if (descriptor < 0) {
          expect((long) -LibC.EMFILE(), descriptor);
          break;
        }
        taken.add(descriptor);
      }
    }
    use();
    try {
      useFiles(folder);
      throw new AssertionError("a folder was opened without a descriptor");
    } catch (IOException e) {
      expect(true, e.getMessage().contains("EMFILE"));
    }
    SystemCall.call(Machine.SYS_close(), taken.removeLast(), 0, 0);
    // One is enough for the folder, and none is left for a file in it.
    try (FileGuest guest = new FileGuest(folder)) {
      expect(ERRNO_MFILE, guest.open("file"));
      for (long descriptor : taken) {
        SystemCall.call(Machine.SYS_close(), descriptor, 0, 0);
      }
      expect(0, guest.open("file"));
    }
    useFiles(folder);
  }

  private static final int ERRNO_MFILE = 33;
  private static final int ERRNO_NOENT = 44;

  private static void useFiles(Path folder) throws IOException {
    try (FileGuest guest = new FileGuest(folder)) {
      expect(0, guest.open("file"));
      expect(ERRNO_NOENT, guest.open("missing"));
    }
  }

  /** Nobody need be told of what a cache can't do: the guest runs, and the next run may do what this could not. */
  private static void failCache(Path folder) throws IOException {
    useCached(folder.resolve("warm"));
    useCached(folder.resolve("warm"));
    SystemCallFaults faults =
        new SystemCallFaults(
            Machine.SYS_openat(), Machine.SYS_read(), Machine.SYS_pread64(), Machine.SYS_write(),
            Machine.SYS_mkdirat(), Machine.SYS_renameat(), Machine.SYS_unlinkat(), Machine.SYS_statx(),
            Machine.SYS_getdents64(), Machine.SYS_utimensat());
    long before = mappings();
    int failed = 0;
    for (int error : new int[] {LibC.EIO(), LibC.ENOSPC()}) {
      int calls = Integer.MAX_VALUE;
      for (int call = 0; call < calls; call++) {
        Path cache = folder.resolve(error + "-" + call);
        faults.fail(call, error);
        useCached(cache);
        useCached(cache);
        int seen = faults.stop();
        calls = Math.min(calls, seen);
        failed++;
        expect(useCached(cache), useCached(cache));
        expect(true, useCached(cache) > 0);
      }
    }
    long more = mappings() - before;
    System.out.println(failed + " calls failed; " + more + " mappings more");
    expect(true, failed > 20 && more < failed / 2);
  }

  /** Returns how many functions came from the cache. */
  private static int useCached(Path folder) {
    try (Engine engine = Engine.builder().codeCache(CodeCache.at(folder)).build()) {
      int found;
      try (Module module = engine.compileText(MODULE)) {
        use(module.instantiate());
        found = module.statistics().functionsLoaded();
      }
      return found;
    }
  }

  /** A guest that opens files. */
  private static final class FileGuest implements AutoCloseable {
    private static final String MODULE =
        """
        (module
          (import "wasi_snapshot_preview1" "path_open"
            (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (func (export "open") (param $length i32) (result i32)
            (call $path_open
              (i32.const 3) (i32.const 0) (i32.const 1024) (local.get $length) (i32.const 0)
              (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0))))
        """;

    private final Engine engine = Engine.create();
    private final Wasi wasi;
    private final Instance instance;

    FileGuest(Path folder) throws IOException {
      wasi = Wasi.builder().directory(folder, "/", false).build();
      instance = engine.compileText(MODULE).instantiate(Imports.builder().provider(wasi.imports()).build());
    }

    Object open(String name) {
      instance.memory("memory").segment().setString(1024, name);
      return call(instance, "open", name.length());
    }

    @Override
    public void close() {
      instance.close();
      wasi.close();
      engine.close();
    }
  }

  /** Whatever is refused: contents are never wrong. */
  private static void use() {
    try (Engine engine = Engine.create();
        Module module = engine.compileText(MODULE)) {
      try (Store store = engine.newStore()) {
        use(module.instantiate());
        use(store.instantiate(module, Imports.none()));
      }
      try (Instance instance = module.instantiate()) {
        call(instance, "write", 3, 42);
        try (Snapshot snapshot = Snapshot.take(instance);
            InstancePool pool = InstancePool.builder(snapshot).maxSize(2).build()) {
          for (int i = 0; i < 3; i++) {
            try (InstancePool.Lease one = pool.acquire();
                InstancePool.Lease other = pool.acquire()) {
              use(one.instance(), 42);
              use(other.instance(), 42);
            }
          }
        }
      }
    }
  }

  private static void use(Instance instance) {
    try (instance) {
      use(instance, 's');
    }
  }

  private static void use(Instance instance, int third) {
    expect((int) 'f', call(instance, "read", 0));
    expect(third, call(instance, "read", 3));
    expect((int) 's', call(instance, "read", 70000));
    expect(0, call(instance, "read", 100));
    call(instance, "write", 100, 1);
    call(instance, "write", 70000, 1);
    Object grown = call(instance, "grow", 3);
    if (grown.equals(2)) {
      expect(0, call(instance, "read", 4 * 65536));
      call(instance, "write", 4 * 65536, 1);
    } else {
      expect(-1, grown);
    }
    Object longer = call(instance, "growTable", 50);
    if (!longer.equals(-1)) {
      expect(1, longer);
    }
    expect(1, call(instance, "allocate", 1000));
  }

  private static Object call(Instance instance, String name, Object... arguments) {
    return instance.function(name).call(arguments);
  }

  private static void expect(Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new AssertionError("expected " + expected + ", found " + actual);
    }
  }
}
