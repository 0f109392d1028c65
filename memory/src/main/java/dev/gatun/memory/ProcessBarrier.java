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
 * <p>The kernel wants to be told of a process that uses this, and takes up to 30 ms for it. Until that has happened,
 * and where the system call is refused, both sides issue ordinary barriers. Thread-safe.
 */
public final class ProcessBarrier {
  private ProcessBarrier() {}

  /**
   * Whether the rare side can do it all. Once true it stays true, and the kernel knew before: a thread that reads an
   * old value only issues a barrier too many.
   */
  private static boolean registered;

  private static boolean tried;

  /** Tells the kernel, if that has not been done. Not for a thread that others wait for. */
  public static void prepare() {
    register();
  }

  private static synchronized boolean register() {
    if (!tried) {
      tried = true;
      registered =
          SystemCall.call(Machine.SYS_membarrier(), LibC.MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED(), 0, 0) == 0;
    }
    return registered;
  }

  /** The frequent side: between its write and its read. Costs nothing where the rare side can do it all. */
  public static void light() {
    if (!registered) {
      VarHandle.fullFence();
    } else {
      // Orders for the compiler; the processor's reordering is what the other side's barrier rules out.
      VarHandle.loadLoadFence();
      VarHandle.storeStoreFence();
      VarHandle.acquireFence();
    }
  }

  /**
   * The rare side: between its write and its read. Takes microseconds, the first time as long as {@link #prepare}. A
   * thread on the other side may know already that the kernel has been told when this one does not: so it is told here.
   */
  public static void heavy() {
    VarHandle.fullFence();
    if (registered || register()) {
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
