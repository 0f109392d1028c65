package dev.gatun.examples.python;

/** An exception that Python code has raised and not caught. */
public final class PythonException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String pythonClass;
  private final String traceback;

  PythonException(String pythonClass, String message, String traceback) {
    super(message.isEmpty() ? pythonClass : pythonClass + ": " + message);
    this.pythonClass = pythonClass;
    this.traceback = traceback;
  }

  /** The name of its class in Python, e.g. {@code ZeroDivisionError}. */
  public String pythonClass() {
    return pythonClass;
  }

  /** What Python prints about it: where it was raised, line by line, and what it says. */
  public String traceback() {
    return traceback;
  }
}
