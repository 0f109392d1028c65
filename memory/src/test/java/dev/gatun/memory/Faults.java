package dev.gatun.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/** Runs code that faults, with a trap handler that survives it. */
final class Faults {
  private Faults() {}

  static final FaultingCode CODE = FaultingCode.ofThisMachine();

  private static final CodeArena ARENA = CodeArena.of(CODE.filler());

  private static final MethodHandle ENTER =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));

  /** Counts signals that were passed on to HotSpot. */
  private static final MemorySegment PASSED_ON = Arena.global().allocate(8, 8);

  private static final MemorySegment ENTRY;

  static {
    byte[] flush = CODE.flush();
    if (flush != null) {
      MemorySegment stub = MemorySegment.ofAddress(ARENA.addStub(flush));
      ARENA.setFlush((start, end) -> call(stub, start, end, 0));
    }
    ENTRY = MemorySegment.ofAddress(ARENA.addStub(CODE.entry()));
    TrapHandler.install(
        (segv, bus, fpe) -> {
          long trapExit = ARENA.addStub(CODE.trapExit());
          return ARENA.addStub(
              CODE.handler(
                  ARENA.functionStart(), ARENA.functionEnd(), trapExit, PASSED_ON.address(), segv, bus, fpe));
        });
  }

  private static int call(MemorySegment code, long first, long second, long third) {
    try {
      return (int) ENTER.invokeExact(code, first, second, third);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** How many signals have been passed on to the JVM's handlers. */
  static long passedOn() {
    return PASSED_ON.get(ValueLayout.JAVA_LONG, 0);
  }

  /** Puts code into the arena's function region. */
  static long function(byte[] code) {
    CodeArena.Block block = ARENA.allocate(code.length);
    ARENA.write(block.address(), code, code.length);
    return block.address();
  }

  /** What one thread needs to run code, and what it learns of a trap. */
  static final class Activation {
    private final MemorySegment record = Arena.ofAuto().allocate(FaultingCode.RECORD_SIZE, 8);

    /** Calls code with an argument; returns {@link FaultingCode#RETURNED} or {@link FaultingCode#TRAPPED}. */
    int run(long code, long argument) {
      try {
        return call(ENTRY, record.address(), code, argument);
      } finally {
        Reference.reachabilityFence(record);
      }
    }

    long result() {
      return record.get(ValueLayout.JAVA_LONG, FaultingCode.RESULT);
    }

    long trapPc() {
      return record.get(ValueLayout.JAVA_LONG, FaultingCode.TRAP_PC);
    }

    long trapAddress() {
      return record.get(ValueLayout.JAVA_LONG, FaultingCode.TRAP_ADDRESS);
    }

    int trapSignal() {
      return (int) record.get(ValueLayout.JAVA_LONG, FaultingCode.TRAP_SIGNAL);
    }

    long trapStackPointer() {
      return record.get(ValueLayout.JAVA_LONG, FaultingCode.TRAP_STACK_POINTER);
    }
  }
}
