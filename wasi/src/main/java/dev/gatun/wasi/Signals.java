package dev.gatun.wasi;

/** {@code proc_raise}: a guest has no handlers, so each signal does what it does by default. */
final class Signals {
  private Signals() {}

  private static final int LAST = 30;

  // Those that do not end a program, by preview 1's numbers.
  private static final int NONE = 0;
  private static final int CHILD = 16;
  private static final int CONTINUE = 17;
  private static final int STOP = 18;
  private static final int TERMINAL_OUTPUT = 21;
  private static final int URGENT = 22;
  private static final int WINDOW = 27;

  /** What a shell adds to the number of a signal that has ended a program. */
  private static final int EXIT_CODE = 128;

  static void raise(int signal) {
    if (signal < NONE || signal > LAST) {
      throw new WasiError(Errno.INVAL);
    }
    if (signal >= STOP && signal <= TERMINAL_OUTPUT) {
      throw new WasiError(Errno.NOTSUP); // nobody could let it go on
    }
    if (signal != NONE && signal != CHILD && signal != CONTINUE && signal != URGENT && signal != WINDOW) {
      throw new WasiExit(EXIT_CODE + signal);
    }
  }
}
