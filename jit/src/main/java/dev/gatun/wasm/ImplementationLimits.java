package dev.gatun.wasm;

/**
 * How large the parts of a module may be: the limits of the JavaScript API specification ("Implementation-defined
 * Limits"), which every browser keeps, and two of the engine's own. A module that exceeds one is refused as malformed.
 */
public final class ImplementationLimits {
  private ImplementationLimits() {}

  public static final int MODULE_BYTES = 1 << 30;
  public static final int TYPES = 1_000_000;
  public static final int FUNCTIONS = 1_000_000;
  public static final int IMPORTS = 1_000_000;
  public static final int EXPORTS = 1_000_000;
  public static final int GLOBALS = 1_000_000;
  public static final int DATA_SEGMENTS = 100_000;
  public static final int TABLES = 100_000;
  public static final int ELEMENT_SEGMENTS = 10_000_000;
  public static final int ELEMENTS = 10_000_000;
  public static final int MEMORIES = 100;
  public static final int TAGS = 1_000_000;
  /** Operands of array.new_fixed. */
  public static final int FIXED_ARRAY = 10_000;

  public static final int FIELDS = 10_000;
  public static final int PARAMS = 1_000;
  public static final int RESULTS = 1_000;
  public static final int BODY_BYTES = 7_654_321;

  /** Locals of one function, its parameters counted. */
  public static final int LOCALS = 50_000;

  /** Handlers of one try_table. */
  public static final int HANDLERS = 100_000;

  public static final int BRANCH_TABLE_LABELS = 65_520;

  /**
   * Operands on the stack of one function. The engine's own: a body of the permitted size could otherwise ask for
   * thousands of millions.
   */
  public static final int OPERANDS = 1_000_000;

  /** Control structures inside each other. The engine's own, for the same reason. */
  public static final int CONTROL_DEPTH = 100_000;
}
