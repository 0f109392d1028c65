package dev.gatun;

import dev.gatun.backend.Signature;
import dev.gatun.layout.ExceptionLayout;
import dev.gatun.layout.RttLayout;
import dev.gatun.runtime.heap.Rtt;
import dev.gatun.wasm.DefinedType;
import dev.gatun.wasm.FunctionType;
import java.util.Arrays;
import java.util.List;

/**
 * A tag of exceptions, by which handlers know them (spec 4.2.9). Every tag is different from every other, whatever its
 * type.
 */
public final class Tag implements Extern {
  private final Store store;
  private final DefinedType definedType;
  private final int number;

  /** Kept for as long as the store is, since exceptions on its heap point to the record. */
  private final Rtt rtt;

  Tag(Store store, DefinedType definedType, int number, Rtt rtt) {
    this.store = store;
    this.definedType = definedType;
    this.number = number;
    this.rtt = rtt;
  }

  /** A run-time type for the exceptions of a tag. */
  static Rtt rtt(DefinedType definedType) {
    FunctionType type = (FunctionType) definedType.composite();
    Signature signature = type.signature();
    int[] references = new int[type.paramCount()];
    int count = 0;
    for (int i = 0; i < references.length; i++) {
      if (Rtt.isInHeap(type.param(i))) {
        references[count++] = ExceptionLayout.offset(signature, i);
      }
    }
    return new Rtt(RttLayout.EXCEPTION, null, ExceptionLayout.size(signature), Arrays.copyOf(references, count));
  }

  /** Creates a tag. */
  public static Tag create(Store store, TagType type) {
    return store.addTag(new FuncType(type.values(), List.of()).internal().alone());
  }

  @Override
  public TagType type() {
    return new TagType(FuncType.of(functionType()).params());
  }

  FunctionType functionType() {
    return (FunctionType) definedType.composite();
  }

  DefinedType definedType() {
    return definedType;
  }

  /** Its number in the store: what exceptions are marked with. */
  int number() {
    return number;
  }

  Rtt rtt() {
    return rtt;
  }

  Store store() {
    return store;
  }
}
