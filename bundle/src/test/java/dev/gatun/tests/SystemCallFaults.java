package dev.gatun.tests;

import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes system calls of this thread fail, one after the other, with nothing but the kernel's own means: a seccomp
 * filter hands those that Gatun makes to another thread, which lets the kernel go on with them or answers in its place.
 *
 * <p>Only calls of {@link SystemCall}, which are Gatun's: a call that HotSpot makes might hold up a safepoint that the
 * other thread waits for. The filter stays for ever, and threads inherit it, so this is for a JVM that a test
 * started. See seccomp(2), seccomp_unotify(2).
 */
final class SystemCallFaults {
  /** Larger than the code of {@link SystemCall}. */
  private static final int CODE_SIZE = 64;

  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int SECCOMP_SET_MODE_FILTER = 1;
  private static final int SECCOMP_FILTER_FLAG_NEW_LISTENER = 8;
  private static final int SECCOMP_RET_ALLOW = 0x7FFF0000;
  private static final int SECCOMP_RET_USER_NOTIF = 0x7FC00000;
  private static final int SECCOMP_RET_ERRNO = 0x00050000;
  private static final int SECCOMP_IOCTL_NOTIF_RECV = 0xC0502100;
  private static final int SECCOMP_IOCTL_NOTIF_SEND = 0xC0182101;
  private static final int SECCOMP_USER_NOTIF_FLAG_CONTINUE = 1;

  // struct seccomp_data: int nr, __u32 arch, __u64 instruction_pointer, __u64 args[6].
  private static final int DATA_NUMBER = 0;
  private static final int DATA_POINTER_LOW = 8;
  private static final int DATA_POINTER_HIGH = 12;

  private static final long NOTIFICATION_SIZE = 80;
  private static final long ANSWER_SIZE = 24;

  private static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
  private static final int JUMP_IF_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
  private static final int JUMP_IF_NOT_LESS = 0x35; // BPF_JMP | BPF_JGE | BPF_K
  private static final int RETURN = 0x06; // BPF_RET | BPF_K

  private final AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
  private volatile int seen;
  private volatile long error;

  /** {@code struct sock_filter[]}. */
  private static final class Program {
    private final MemorySegment code;
    private int length;

    Program(Arena arena, int most) {
      code = arena.allocate(8L * most, 8);
    }

    Program add(int operation, int ifTrue, int ifFalse, int operand) {
      long at = 8L * length++;
      code.set(ValueLayout.JAVA_SHORT, at, (short) operation);
      code.set(ValueLayout.JAVA_BYTE, at + 2, (byte) ifTrue);
      code.set(ValueLayout.JAVA_BYTE, at + 3, (byte) ifFalse);
      code.set(ValueLayout.JAVA_INT, at + 4, operand);
      return this;
    }

    /** Puts the filter in force for this thread; returns what seccomp does. */
    long install(Arena arena, int flags) {
      require(SystemCall.call(number("prctl"), PR_SET_NO_NEW_PRIVS, 1, 0));
      MemorySegment program = arena.allocate(16, 8);
      program.set(ValueLayout.JAVA_SHORT, 0, (short) length);
      program.set(ValueLayout.ADDRESS, 8, code);
      return require(SystemCall.call(number("seccomp"), SECCOMP_SET_MODE_FILTER, flags, program.address()));
    }
  }

  private static long number(String call) {
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    return switch (call) {
      case "prctl" -> arm ? 167 : 157;
      case "seccomp" -> arm ? 277 : 317;
      default -> throw new AssertionError(call);
    };
  }

  private static long require(long result) {
    if (result < 0) {
      throw new IllegalStateException("the kernel has no seccomp for us: " + SystemCall.errorName(-result));
    }
    return result;
  }

  /** Makes some system calls, of all code, fail in this thread and those that it starts, with an error number. */
  static void refuse(int error, int... calls) {
    try (Arena arena = Arena.ofConfined()) {
      Program program = new Program(arena, calls.length + 3);
      program.add(LOAD, 0, 0, DATA_NUMBER);
      for (int i = 0; i < calls.length; i++) {
        program.add(JUMP_IF_EQUAL, calls.length - i, 0, calls[i]);
      }
      program.add(RETURN, 0, 0, SECCOMP_RET_ALLOW);
      program.add(RETURN, 0, 0, SECCOMP_RET_ERRNO | error);
      program.install(arena, 0);
    }
  }

  /** Puts some system calls of this thread into the hands of another, which it starts. All succeed until told. */
  SystemCallFaults(int... calls) {
    long start = SystemCall.codeAddress();
    long end = start + CODE_SIZE; // in the same page, so that the upper halves are equal
    Arena arena = Arena.global();
    Program program = new Program(arena, calls.length + 8);
    program.add(LOAD, 0, 0, DATA_POINTER_HIGH);
    program.add(JUMP_IF_EQUAL, 0, calls.length + 4, (int) (start >>> 32));
    program.add(LOAD, 0, 0, DATA_POINTER_LOW);
    program.add(JUMP_IF_NOT_LESS, 0, calls.length + 2, (int) start);
    program.add(JUMP_IF_NOT_LESS, calls.length + 1, 0, (int) end);
    program.add(LOAD, 0, 0, DATA_NUMBER);
    for (int i = 0; i < calls.length; i++) {
      program.add(JUMP_IF_EQUAL, calls.length - i, 0, calls[i]);
    }
    program.add(RETURN, 0, 0, SECCOMP_RET_ALLOW);
    program.add(RETURN, 0, 0, SECCOMP_RET_USER_NOTIF);
    Listener listener = new Listener(this);
    listener.start();
    listener.listenTo(program.install(arena, SECCOMP_FILTER_FLAG_NEW_LISTENER));
  }

  /** Lets the calls from now on succeed but for one: that before which so many others come. */
  void fail(int after, int with) {
    seen = 0;
    error = with;
    left.set(after);
  }

  /** Lets all calls succeed; returns how many there were since {@link #fail}. */
  int stop() {
    left.set(Integer.MAX_VALUE);
    return seen;
  }

  /** The thread that answers. */
  private static final class Listener extends Thread {
    private final SystemCallFaults faults;
    private volatile long descriptor = -1;

    Listener(SystemCallFaults faults) {
      super("system call faults");
      this.faults = faults;
      setDaemon(true);
    }

    void listenTo(long listener) {
      descriptor = listener;
    }

    @Override
    public void run() {
      while (descriptor < 0) {
        Thread.onSpinWait();
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment notification = arena.allocate(NOTIFICATION_SIZE, 8);
        MemorySegment answer = arena.allocate(ANSWER_SIZE, 8);
        while (true) {
          notification.fill((byte) 0);
          if (ioctl(SECCOMP_IOCTL_NOTIF_RECV, notification) != 0) {
            continue; // interrupted, or the caller was
          }
          faults.seen++;
          boolean fails = faults.left.getAndDecrement() == 0;
          answer.set(ValueLayout.JAVA_LONG, 0, notification.get(ValueLayout.JAVA_LONG, 0));
          answer.set(ValueLayout.JAVA_LONG, 8, 0);
          answer.set(ValueLayout.JAVA_INT, 16, fails ? (int) -faults.error : 0);
          answer.set(ValueLayout.JAVA_INT, 20, fails ? 0 : SECCOMP_USER_NOTIF_FLAG_CONTINUE);
          ioctl(SECCOMP_IOCTL_NOTIF_SEND, answer);
        }
      }
    }

    private long ioctl(int request, MemorySegment record) {
      return SystemCall.call(Machine.SYS_ioctl(), descriptor, request & 0xffff_ffffL, record.address());
    }
  }
}
