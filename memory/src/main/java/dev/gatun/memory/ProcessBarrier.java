package dev.gatun.memory;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import java.lang.invoke.VarHandle;

/**
 * A full memory barrier on all threads of the process at once (membarrier), so that of two sides that must not miss
 * each other's writes only the rare one pays: the frequent side keeps its program order and needs no barrier of its
 * own.
 *
 * <p>Where the system call is refused, both sides issue ordinary barriers. Thread-safe.
 */
public final class ProcessBarrier {
  private ProcessBarrier() {}

  private static final boolean AVAILABLE =
      SystemCall.call(Machine.SYS_membarrier(), LibC.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED(), 0, 0) == 0;

  /** The frequent side: between its write and its read. Costs nothing where the rare side can do it all. */
  public static void light() {
    if (!AVAILABLE) {
      VarHandle.fullFence();
    } else {
      // Orders for the compiler; the processor's reordering is what the other side's barrier rules out.
      VarHandle.loadLoadFence();
      VarHandle.storeStoreFence();
      VarHandle.acquireFence();
    }
  }

  /** The rare side: between its write and its read. Takes microseconds. */
  public static void heavy() {
    VarHandle.fullFence();
    if (AVAILABLE) {
      SystemCall.call(Machine.SYS_membarrier(), LibC.MEMBARRIER_CMD_PRIVATE_EXPEDITED(), 0, 0);
    }
  }

  private static final class Code {
    static final boolean AVAILABLE =
        SystemCall.call(
                Machine.SYS_membarrier(), LibC.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE(), 0, 0)
            == 0;
  }

  /**
   * Makes every thread of the process forget the instructions that its processor has fetched ahead, after code was
   * written where other code was before. Only needed where processors don't see to it themselves. A kernel that
   * refuses is older than 4.16.
   */
  static void instructions() {
    if (Code.AVAILABLE) {
      SystemCall.call(Machine.SYS_membarrier(), LibC.MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE(), 0, 0);
    }
  }
}
