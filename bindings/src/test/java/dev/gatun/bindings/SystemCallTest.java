package dev.gatun.bindings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.bindings.linux.LibC;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class SystemCallTest {
  @Test
  void failureIsTheNegatedErrorNumber() {
    assertEquals(-LibC.EBADF(), SystemCall.call(Machine.SYS_close(), -1, 0, 0));
    assertEquals(-LibC.ENOSYS(), SystemCall.call(100_000, 0, 0, 0));
  }

  @Test
  void errorNumbersOfThreadsDoNotMix() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        boolean closing = t % 2 == 0;
        results.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 100_000; i++) {
                    long result =
                        closing ? SystemCall.call(Machine.SYS_close(), -1, 0, 0) : SystemCall.call(100_000, 0, 0, 0);
                    if (result != (closing ? -LibC.EBADF() : -LibC.ENOSYS())) {
                      return false;
                    }
                  }
                  return true;
                }));
      }
      for (Future<Boolean> result : results) {
        assertTrue(result.get());
      }
    }
  }

  @Test
  void allSixWordsArrive() {
    // mmap fails with EINVAL for a misaligned offset, its sixth argument, and succeeds without.
    int flags = LibC.MAP_PRIVATE() | LibC.MAP_ANONYMOUS();
    assertEquals(-LibC.EINVAL(), SystemCall.call(Machine.SYS_mmap(), 0, 4096, LibC.PROT_READ(), flags, -1, 1));
    long address = SystemCall.call(Machine.SYS_mmap(), 0, 4096, LibC.PROT_READ(), flags, -1, 0);
    assertTrue(address > 0);
    assertEquals(0, SystemCall.call(Machine.SYS_munmap(), address, 4096, 0));
  }

  @Test
  void structuresAreWhereTheKernelPutsThem() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment path = arena.allocateFrom("/proc/self");
      MemorySegment status = arena.allocate(LibC.STX_SIZE(), 8);
      assertEquals(
          0,
          SystemCall.call(
              Machine.SYS_statx(), LibC.AT_FDCWD(), path.address(), 0, LibC.STATX_BASIC_STATS(), status.address(), 0));
      int mode = status.get(ValueLayout.JAVA_SHORT, LibC.STX_MODE());
      assertEquals(LibC.S_IFDIR(), mode & LibC.S_IFMT());
      MemorySegment action = arena.allocate(Machine.SIGACTION_SIZE(), 8);
      assertEquals(
          0,
          SystemCall.call(
              Machine.SYS_rt_sigaction(), LibC.SIGSEGV(), 0, action.address(), Machine.SIGNAL_MASK_SIZE()));
      long handler = action.get(ValueLayout.JAVA_LONG, Machine.SIGACTION_HANDLER());
      assertTrue(handler > 4096, "HotSpot has a handler for SIGSEGV");
    }
  }

  @Test
  void errorsHaveNames() {
    assertEquals("ENOMEM", SystemCall.errorName(LibC.ENOMEM()));
    assertEquals("ENOENT", SystemCall.errorName(LibC.ENOENT()));
    assertEquals("EPERM", SystemCall.errorName(1));
    assertEquals("error 0", SystemCall.errorName(0));
    assertEquals("error 4095", SystemCall.errorName(4095));
    assertEquals("error -2", SystemCall.errorName(-2));
  }
}
