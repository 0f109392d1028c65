package dev.gatun;

import dev.gatun.layout.FuncRefLayout;
import dev.gatun.layout.StoreLayout;
import dev.gatun.runtime.NativeMemory;
import org.jspecify.annotations.Nullable;

/**
 * What a suspended instance waits for: its stack is in place.
 *
 * @param stackPointer where the stack ends
 * @param exit the frame pointer of the thunk of the host function that is to be called
 */
record Suspension(SuspendedStack stack, long stackPointer, long exit) {
  /** Goes on; see {@link Instance#resume}. */
  @Nullable Object resume(Instance instance) {
    Store store = instance.store();
    Tenancy.Tenure tenure = store.access();
    try {
      if (tenure.isNested()) {
        throw new IllegalStateException("a suspended instance is resumed by a call that is not made by another");
      }
      instance.endSuspension();
      Func host = instance.function(stack.function());
      NativeMemory.putLong(store.record() + StoreLayout.EXIT_FP, exit);
      NativeMemory.putLong(store.record() + StoreLayout.RESUME_CONTEXT, instance.context());
      store.enter(
          false,
          store.resources().thunks().resume(host.signature()),
          NativeMemory.getLong(host.record() + FuncRefLayout.CONTEXT),
          stackPointer,
          store.cells());
      return Func.results(store, stack.outermost(), store.cells());
    } finally {
      store.release(tenure);
    }
  }
}
