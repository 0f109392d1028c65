package dev.gatun.examples.ruby;

import java.util.List;

/** A Ruby exception that nobody has rescued. */
public final class RubyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String rubyClass;
  private final String[] backtrace;

  RubyException(String rubyClass, String message, List<String> backtrace) {
    super(message + " (" + rubyClass + ")");
    this.rubyClass = rubyClass;
    this.backtrace = backtrace.toArray(String[]::new);
  }

  /** The exception's class in Ruby, as {@code ZeroDivisionError}. */
  public String rubyClass() {
    return rubyClass;
  }

  /** Where it was raised, innermost first, as Ruby writes it. */
  public List<String> backtrace() {
    return List.of(backtrace);
  }
}
