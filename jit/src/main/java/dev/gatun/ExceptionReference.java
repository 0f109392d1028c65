package dev.gatun;

/** An exception of wasm, as a value. */
public final class ExceptionReference extends HeapReference {
  ExceptionReference(Store store, long address) {
    super(store, address);
  }

  @Override
  public ValType type() {
    return ValType.EXNREF;
  }
}
