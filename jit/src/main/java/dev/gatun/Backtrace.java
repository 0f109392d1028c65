package dev.gatun;

import dev.gatun.backend.PcTable;
import dev.gatun.runtime.CodeRegistry;
import dev.gatun.wasm.WasmModule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The wasm frames at a trap or a throw; looked up when they are first asked for. Thread-safe. */
final class Backtrace {
  private final CodeRegistry.Location[] locations;
  private final boolean firstIsCall;
  private @Nullable List<WasmFrame> frames;

  /**
   * The given places, innermost first. The first is an instruction, or a return address like the others if {@code
   * firstIsCall}.
   */
  Backtrace(CodeRegistry.Location[] locations, boolean firstIsCall) {
    this.locations = locations;
    this.firstIsCall = firstIsCall;
  }

  /** The frames, innermost first. */
  synchronized List<WasmFrame> frames() {
    List<WasmFrame> known = frames;
    if (known == null) {
      known = find();
      frames = known;
    }
    return known;
  }

  private List<WasmFrame> find() {
    List<WasmFrame> found = new ArrayList<>(locations.length);
    for (int i = 0; i < locations.length; i++) {
      CodeRegistry.Location location = locations[i];
      WasmModule module = location.module().module();
      PcTable.Entry entry = location.module().describe(location.function(), location.offset(), i > 0 || firstIsCall);
      found.add(
          new WasmFrame(
              module.name(),
              location.function(),
              module.functionName(location.function()),
              entry == null ? -1 : entry.wasmOffset()));
    }
    return List.copyOf(found);
  }

  /** The frames as elements of a stack trace, followed by those of Java. */
  StackTraceElement[] before(StackTraceElement[] java) {
    List<WasmFrame> wasm = frames();
    StackTraceElement[] both = new StackTraceElement[wasm.size() + java.length];
    for (int i = 0; i < wasm.size(); i++) {
      WasmFrame frame = wasm.get(i);
      String name = frame.functionName() == null ? "function-" + frame.functionIndex() : frame.functionName();
      String module = frame.module() == null ? "wasm" : frame.module();
      both[i] = new StackTraceElement(module, name, "offset 0x" + Long.toHexString(Math.max(0, frame.offset())), -1);
    }
    System.arraycopy(java, 0, both, wasm.size(), java.length);
    return both;
  }
}
