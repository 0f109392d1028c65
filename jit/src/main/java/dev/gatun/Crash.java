package dev.gatun;

import dev.gatun.backend.PcTable;
import dev.gatun.layout.StoreLayout;
import dev.gatun.runtime.CodeRegistry;
import dev.gatun.runtime.Machine;
import dev.gatun.runtime.NativeMemory;
import org.jspecify.annotations.Nullable;

/**
 * The end of the process after a fault in compiled code that no trap explains. Such a fault is a bug of the compiler,
 * and may mean that wasm has reached beyond its sandbox: nothing may go on as if it were a trap.
 */
final class Crash {
  private Crash() {}

  private static final int EXIT_CODE = 134;

  /** Writes a report to standard error and ends the process. */
  static Error report(
      Machine machine, long record, CodeRegistry.@Nullable Location at, PcTable.@Nullable Entry entry) {
    long pc = NativeMemory.getLong(record + StoreLayout.TRAP_PC);
    StringBuilder text = new StringBuilder();
    text.append("# A fault in code compiled by Gatun that is no trap: please report this.\n");
    text.append("# pc 0x").append(Long.toHexString(pc));
    text.append(", address 0x").append(Long.toHexString(NativeMemory.getLong(record + StoreLayout.TRAP_ADDRESS)));
    text.append(", signal ").append(NativeMemory.getLong(record + StoreLayout.TRAP_SIGNAL));
    text.append(", code ").append(NativeMemory.getLong(record + StoreLayout.TRAP_SIGNAL_CODE)).append('\n');
    if (at != null) {
      text.append("# function ").append(at.function()).append(", ")
          .append(at.module().module().functionName(at.function()));
      text.append(", code offset 0x").append(Integer.toHexString(at.offset()));
      text.append(entry == null ? ", no entry" : ", " + entry).append('\n');
      text.append("# code:");
      for (byte b : machine.codeAt(pc, 16)) {
        text.append(' ').append(Integer.toHexString(b & 0xff));
      }
      text.append('\n');
    }
    System.err.print(text);
    System.err.flush();
    Runtime.getRuntime().halt(EXIT_CODE);
    throw new AssertionError();
  }
}
