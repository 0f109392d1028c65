package dev.gatun.fuzz.generate;

import dev.gatun.wasm.Feature;
import java.util.List;
import java.util.Set;

/**
 * A module that is tried, and what is done with it.
 *
 * @param wasm the module in the binary format, which may be no module at all
 * @param features what it needs beyond the first version; empty if that is not known
 * @param calls of exported functions, in order, if the module can be instantiated
 * @param kind what is known of it
 */
public record Subject(byte[] wasm, Set<Feature> features, List<Call> calls, Kind kind) {
  /** What is known of a module. */
  public enum Kind {
    /** It is valid, ends, and does the same in every engine. */
    DETERMINISTIC,
    /** Anything: it may be refused, and may run for ever. Engines must agree whether it is valid. */
    ARBITRARY,
    /** Its functions are those of WASI; whatever they are called with, they return an error number. */
    WASI,
    /** It is instantiated, linked, called and closed at random; what is done depends on its bytes alone. */
    API
  }

  /** A number that is passed: a type of {@link dev.gatun.wasm.ValueType} and its bits. */
  public record Argument(int type, long bits) {}

  /** A call of an exported function with numbers. */
  public record Call(String export, List<Argument> arguments) {}
}
