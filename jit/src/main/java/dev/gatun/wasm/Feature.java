package dev.gatun.wasm;

import org.jspecify.annotations.Nullable;

/** A part of WebAssembly that came after its first version, with whether the engine has it. */
public enum Feature {
  MVP("version 1", true),
  MUTABLE_GLOBALS("mutable globals", true),
  SIGN_EXTENSION("sign extension", true),
  SATURATING_CONVERSIONS("saturating conversions", true),
  MULTI_VALUE("multi-value", true),
  BULK_MEMORY("bulk memory", true),
  REFERENCE_TYPES("reference types", true),
  EXTENDED_CONSTANTS("extended constant expressions", true),
  SIMD("SIMD", true),
  RELAXED_SIMD("relaxed SIMD", true),
  TAIL_CALLS("tail calls", true),
  EXCEPTIONS("exceptions", true),
  LEGACY_EXCEPTIONS("legacy exceptions", true),
  FUNCTION_REFERENCES("typed function references", true),
  GC("garbage collection", true),
  MULTI_MEMORY("multiple memories", true),
  MEMORY64("memory64", true),
  THREADS("threads", true),
  CUSTOM_PAGE_SIZES("custom page sizes", true),
  WIDE_ARITHMETIC("wide arithmetic", true);

  private final String text;
  private final boolean supported;

  Feature(String text, boolean supported) {
    this.text = text;
    this.supported = supported;
  }

  /** Whether the engine has the feature. */
  public boolean isSupported() {
    return supported;
  }

  /** What the feature is called in messages. */
  @Override
  public String toString() {
    return text;
  }

  /** The feature that brought an abstract heap type, by its byte; null if there is no such type. */
  static @Nullable Feature ofHeapType(int code) {
    return switch (code) {
      case ValueType.FUNCREF, ValueType.EXTERNREF -> REFERENCE_TYPES;
      case ValueType.EXNREF, ValueType.NULLEXNREF -> EXCEPTIONS;
      case ValueType.ANYREF,
          ValueType.EQREF,
          ValueType.I31REF,
          ValueType.STRUCTREF,
          ValueType.ARRAYREF,
          ValueType.NULLREF,
          ValueType.NULLEXTERNREF,
          ValueType.NULLFUNCREF -> GC;
      default -> null;
    };
  }
}
