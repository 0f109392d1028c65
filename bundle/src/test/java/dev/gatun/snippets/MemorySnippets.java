package dev.gatun.snippets;

import dev.gatun.Instance;
import dev.gatun.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Of memories. */
final class MemorySnippets {
  private MemorySnippets() {}

  static void access(Instance instance) {
    // @start region="access"
    Memory memory = instance.memory("memory");
    int length = memory.writeString(1024, "grüezi");
    System.out.println(memory.readString(1024, length));
    memory.writeDouble(2048, 0.5);
    MemorySegment numbers = memory.slice(2048, 8); // not a copy
    System.out.println(numbers.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, 0));
    // @end
  }
}
