package dev.gatun.wasm;

/** What all functions of a module are validated against, in the form validation wants it. Immutable; thread-safe. */
final class ModuleTypes {
  private static final int[][] SINGLE = new int[128][];

  static {
    for (int type = 0; type < SINGLE.length; type++) {
      SINGLE[type] = new int[] {type};
    }
  }

  private final int[][] params;
  private final int[][] results;
  private final boolean[] declared;

  ModuleTypes(WasmModule module, boolean[] declared) {
    this.declared = declared;
    int count = module.types.length;
    params = new int[count][];
    results = new int[count][];
    for (int i = 0; i < count; i++) {
      FunctionType type = module.types[i];
      params[i] = new int[type.paramCount()];
      for (int j = 0; j < params[i].length; j++) {
        params[i][j] = type.param(j);
      }
      results[i] = new int[type.resultCount()];
      for (int j = 0; j < results[i].length; j++) {
        results[i][j] = type.result(j);
      }
    }
  }

  /** Parameters of a function type; not to be changed. */
  int[] params(int type) {
    return params[type];
  }

  /** Results of a function type; not to be changed. */
  int[] results(int type) {
    return results[type];
  }

  /** Whether a ref.func in a body may name the function. */
  boolean isDeclared(int function) {
    return declared[function];
  }

  /** The sequence of one type. */
  static int[] single(int type) {
    return SINGLE[type];
  }
}
