package dev.gatun;

import dev.gatun.backend.PcTable;
import dev.gatun.dwarf.SourceFrame;
import dev.gatun.runtime.CodeRegistry;
import dev.gatun.wasm.RustSymbol;
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

  /**
   * The innermost frame without what is known of its source, which may take long to be read; null if there is no frame.
   */
  @Nullable WasmFrame innermost() {
    if (locations.length == 0) {
      return null;
    }
    CodeRegistry.Location location = locations[0];
    WasmModule module = location.module().module();
    PcTable.Entry entry = location.module().describe(location.function(), location.offset(), firstIsCall);
    int offset = entry == null ? -1 : entry.wasmOffset();
    return new WasmFrame(module.name(), location.function(), module.functionName(location.function()), offset);
  }

  private List<WasmFrame> find() {
    List<WasmFrame> found = new ArrayList<>(locations.length);
    for (int i = 0; i < locations.length; i++) {
      CodeRegistry.Location location = locations[i];
      PcTable.Entry entry = location.module().describe(location.function(), location.offset(), i > 0 || firstIsCall);
      add(location.module().module(), location.function(), entry == null ? -1 : entry.wasmOffset(), found);
    }
    return List.copyOf(found);
  }

  /**
   * Adds the frame of a function, after those of the calls that were inlined at the place.
   *
   * @param offset of an instruction in the module's bytes, or -1 if it is not known
   */
  static void add(WasmModule module, int function, int offset, List<WasmFrame> frames) {
    String symbol = module.functionName(function);
    String name = symbol == null ? null : RustSymbol.readable(symbol);
    List<SourceFrame> sources = offset < 0 ? List.of() : sources(module, offset);
    for (SourceFrame source : sources) {
      frames.add(
          new WasmFrame(
              module.name(),
              function,
              source.inlined() || name == null ? source.function() : name,
              offset,
              source.file(),
              source.line(),
              source.column(),
              source.inlined()));
    }
    if (sources.isEmpty()) {
      frames.add(new WasmFrame(module.name(), function, name, offset));
    }
  }

  private static List<SourceFrame> sources(WasmModule module, int offset) {
    try {
      return module.debugInfo().find(offset - module.codeStart());
    } catch (RuntimeException bug) {
      // A trap must be told even if what is known of its source can't be read.
      return List.of();
    }
  }

  /** The frames as elements of a stack trace, followed by those of Java. */
  StackTraceElement[] before(StackTraceElement[] java) {
    List<WasmFrame> wasm = frames();
    StackTraceElement[] both = new StackTraceElement[wasm.size() + java.length];
    for (int i = 0; i < wasm.size(); i++) {
      both[i] = element(wasm.get(i));
    }
    System.arraycopy(java, 0, both, wasm.size(), java.length);
    return both;
  }

  private static StackTraceElement element(WasmFrame frame) {
    String name = frame.functionName() == null ? "function-" + frame.functionIndex() : frame.functionName();
    String module = frame.module() == null ? "wasm" : frame.module();
    String file = frame.sourceName();
    return file == null
        ? new StackTraceElement(module, name, "offset 0x" + Long.toHexString(Math.max(0, frame.offset())), -1)
        : new StackTraceElement(module, name, file, frame.line());
  }
}
