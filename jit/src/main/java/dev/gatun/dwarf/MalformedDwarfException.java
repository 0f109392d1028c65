package dev.gatun.dwarf;

/** Debugging information that makes no sense, or takes too much. Never leaves the package. */
final class MalformedDwarfException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  MalformedDwarfException(String message) {
    super(message, null, false, false);
  }
}
