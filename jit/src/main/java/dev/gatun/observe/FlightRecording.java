package dev.gatun.observe;

import jdk.jfr.FlightRecorder;

/**
 * Whether Java Flight Recorder has been used in this process. To be asked before a class of an event is touched, so
 * that programs without a recording never load one, and programs on a Java without the module {@code jdk.jfr} run.
 */
public final class FlightRecording {
  private static final boolean PRESENT = isPresent();

  private FlightRecording() {}

  private static boolean isPresent() {
    try {
      FlightRecorder.isInitialized();
      return true;
    } catch (LinkageError absent) {
      return false;
    }
  }

  /** Whether an event may be recorded. Costs a load and a call, which the JIT compiler inlines. Thread-safe. */
  public static boolean isOn() {
    return PRESENT && FlightRecorder.isInitialized();
  }
}
