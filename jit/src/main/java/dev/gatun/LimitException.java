package dev.gatun;

/**
 * A guest was ended because it wanted more than it may have; each of the {@link Limits} has a class of its own. The
 * instance stays usable, if the limit leaves it anything.
 */
public abstract sealed class LimitException extends Trap
    permits DeadlineException,
        FuelException,
        HeapLimitException,
        InstanceLimitException,
        MemoryLimitException,
        OutputLimitException,
        StackLimitException,
        TableLimitException {
  private static final long serialVersionUID = 1L;

  LimitException(Kind kind, String message, Backtrace backtrace) {
    super(kind, message, backtrace);
  }
}
