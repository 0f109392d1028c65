package dev.gatun;

import dev.gatun.backend.Backend;
import dev.gatun.backend.HandlerTable;
import dev.gatun.backend.Signature;
import dev.gatun.layout.Builtin;
import dev.gatun.layout.ExceptionLayout;
import dev.gatun.layout.FrameLayout;
import dev.gatun.layout.StoreLayout;
import dev.gatun.layout.VmContextLayout;
import dev.gatun.runtime.CodeRegistry;
import dev.gatun.runtime.NativeMemory;
import dev.gatun.runtime.heap.Heap;
import dev.gatun.runtime.heap.Rtt;
import dev.gatun.wasm.FunctionType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Throws exceptions of wasm: makes them, looks for their handler in the frames of the innermost run of wasm, and passes
 * them on to Java where there is none. For the thread that uses the store.
 */
final class Unwinder {
  private final Store store;
  private final List<Tag> tags = new ArrayList<>();

  Unwinder(Store store) {
    this.store = store;
  }

  /** Makes a tag. */
  Tag newTag(dev.gatun.wasm.DefinedType type) {
    return newTag(type, Tag.rtt(type));
  }

  /** Makes a tag with a run-time type for its exceptions. */
  Tag newTag(dev.gatun.wasm.DefinedType type, Rtt rtt) {
    Tag tag = new Tag(store, type, tags.size(), rtt);
    tags.add(tag);
    return tag;
  }

  /**
   * {@code throw} and {@code throw_ref}.
   *
   * @return what the upcall returns: the handler is where wasm goes on
   * @throws ThrownException if wasm below has no handler
   * @throws Trap if the reference is null
   */
  int raise(Instance thrower, Builtin builtin, long cells) {
    long exception;
    if (builtin == Builtin.THROW) {
      exception = make(thrower.tags[NativeMemory.getInt(cells)], cells + 8);
    } else {
      exception = NativeMemory.getLong(cells);
      if (exception == 0) {
        throw store.trap(Trap.Kind.NULL_EXCEPTION);
      }
    }
    if (findHandler(exception)) {
      return Backend.RESUME;
    }
    throw toJava(exception);
  }

  /**
   * Throws an exception that has come from Java into the wasm that called the host.
   *
   * @return whether there is a handler, where wasm goes on
   */
  boolean resume(ThrownException thrown) {
    if (thrown.tag().store() != store) {
      return false;
    }
    ExceptionReference known = thrown.reference();
    return findHandler(known != null ? known.address() : fromJava(thrown));
  }

  /** Makes an exception of values in cells. May collect. */
  private long make(Tag tag, long cells) {
    Signature signature = tag.functionType().signature();
    Heap heap = store.heap();
    long exception = heap.collectAndAllocate(tag.rtt().address(), tag.rtt().size());
    NativeMemory.putLong(exception + ExceptionLayout.TAG, tag.number());
    NativeMemory.copy(
        cells, exception + ExceptionLayout.VALUES, 8L * signature.paramCell(signature.paramCount()));
    return exception;
  }

  private long fromJava(ThrownException thrown) {
    Tag tag = thrown.tag();
    FunctionType type = tag.functionType();
    Heap heap = store.heap();
    heap.safepoint(tag.rtt().size());
    long exception = heap.allocate(tag.rtt());
    NativeMemory.putLong(exception + ExceptionLayout.TAG, tag.number());
    for (int i = 0; i < thrown.size(); i++) {
      store.putCell(exception + ExceptionLayout.offset(type.signature(), i), type.param(i), thrown.value(i));
    }
    return exception;
  }

  private ThrownException toJava(long exception) {
    Tag tag = tagOf(exception);
    FunctionType type = tag.functionType();
    @Nullable Object[] values = new @Nullable Object[type.paramCount()];
    for (int i = 0; i < values.length; i++) {
      values[i] = store.getCell(exception + ExceptionLayout.offset(type.signature(), i), type.param(i));
    }
    return new ThrownException(tag, values, store.references().toException(exception), store.callersOfExit());
  }

  private Tag tagOf(long exception) {
    return tags.get((int) NativeMemory.getLong(exception + ExceptionLayout.TAG));
  }

  /** Walks up the frames to the first that has a handler for the exception; where it is, goes to the store's record. */
  private boolean findHandler(long exception) {
    Tag tag = tagOf(exception);
    long record = store.record();
    long callee = NativeMemory.getLong(record + StoreLayout.EXIT_FP);
    while (true) {
      long frame = NativeMemory.getLong(callee);
      if (frame <= callee) {
        return false; // the frame of the entry's function has none above
      }
      CodeRegistry.Location at = CodeRegistry.find(NativeMemory.getLong(callee + 8));
      HandlerTable table = at == null ? HandlerTable.EMPTY : at.module().handlers(at.function());
      if (at != null && !table.isEmpty()) {
        long context = NativeMemory.getLong(frame + FrameLayout.CONTEXT);
        Tag[] known = store.instanceOf(NativeMemory.getInt(context + VmContextLayout.INSTANCE)).tags;
        int handler = table.find(at.offset(), index -> known[index] == tag);
        if (handler != HandlerTable.NONE) {
          NativeMemory.putLong(record + StoreLayout.RESUME_PC, at.module().address(at.function(), handler));
          NativeMemory.putLong(record + StoreLayout.RESUME_FP, frame);
          NativeMemory.putLong(record + StoreLayout.RESUME_VALUE, exception);
          return true;
        }
      }
      callee = frame;
    }
  }
}
