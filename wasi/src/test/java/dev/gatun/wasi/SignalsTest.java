package dev.gatun.wasi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SignalsTest {
  @Test
  void mostEndTheProgram() {
    for (int signal : new int[] {1, 2, 6, 9, 11, 15, 30}) {
      assertEquals(128 + signal, assertThrows(WasiExit.class, () -> Signals.raise(signal)).code());
    }
  }

  @Test
  void someDoNothing() {
    for (int signal : new int[] {0, 16, 17, 22, 27}) {
      Signals.raise(signal);
    }
  }

  @Test
  void othersAreRefused() {
    for (int signal : new int[] {18, 19, 20, 21}) {
      Guest.assertErrno(Errno.NOTSUP, () -> Signals.raise(signal));
    }
    Guest.assertErrno(Errno.INVAL, () -> Signals.raise(31));
    Guest.assertErrno(Errno.INVAL, () -> Signals.raise(-1));
  }
}
