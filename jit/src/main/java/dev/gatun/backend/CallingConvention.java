package dev.gatun.backend;

import org.jspecify.annotations.Nullable;

/**
 * The internal calling convention of an architecture: where each parameter and result of a signature is.
 *
 * <p>A location is a register number, or {@code -1 - k} for the k-th 8-byte cell of the area at the caller's stack
 * pointer: cells of parameters first, an even number of them, then cells of results. The callee gives the cells of its
 * parameters back when it returns, so that a tail call can replace them by more or fewer: the cells of results stay
 * where they are. All registers but the two pinned ones die at a call.
 */
public final class CallingConvention {
  private final int[] integerArguments;
  private final int[] floatArguments;
  private final int[] integerResults;
  private final int[] floatResults;

  public CallingConvention(int[] integerArguments, int[] floatArguments, int[] integerResults, int[] floatResults) {
    this.integerArguments = integerArguments;
    this.floatArguments = floatArguments;
    this.integerResults = integerResults;
    this.floatResults = floatResults;
  }

  /**
   * Finds the places of a signature's parameters and results.
   *
   * @param params receives the location of each parameter
   * @param results receives the location of each result
   * @return the number of cells the call needs at the caller's stack pointer
   */
  public int locate(Signature signature, int[] params, int[] results) {
    int cells = even(locateParameters(signature, params));
    int integers = 0;
    int floats = 0;
    for (int i = 0; i < signature.resultCount(); i++) {
      int kind = signature.result(i);
      if (Kind.isFloat(kind) && floats < floatResults.length) {
        results[i] = floatResults[floats++];
      } else if (!Kind.isFloat(kind) && integers < integerResults.length) {
        results[i] = integerResults[integers++];
      } else {
        results[i] = -1 - cells;
        cells += Kind.cells(kind);
      }
    }
    return cells;
  }

  private int locateParameters(Signature signature, int @Nullable [] params) {
    int integers = 0;
    int floats = 0;
    int cells = 0;
    for (int i = 0; i < signature.paramCount(); i++) {
      int kind = signature.param(i);
      int location;
      if (Kind.isFloat(kind) && floats < floatArguments.length) {
        location = floatArguments[floats++];
      } else if (!Kind.isFloat(kind) && integers < integerArguments.length) {
        location = integerArguments[integers++];
      } else {
        location = -1 - cells;
        cells += Kind.cells(kind);
      }
      if (params != null) {
        params[i] = location;
      }
    }
    return cells;
  }

  /** How many cells, an even number, a signature has for its parameters. */
  public int parameterCells(Signature signature) {
    return even(locateParameters(signature, null));
  }

  private static int even(int cells) {
    return cells + 1 & -2;
  }
}
