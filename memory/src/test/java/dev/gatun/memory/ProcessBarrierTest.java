package dev.gatun.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.junit.jupiter.api.Test;

class ProcessBarrierTest {
  private static final VarHandle FLAG = MethodHandles.arrayElementVarHandle(int[].class);
  private static final int ROUNDS = 200_000;

  private final int[] frequentWrote = new int[ROUNDS];
  private final int[] rareWrote = new int[ROUNDS];
  private final int[] frequentSaw = new int[ROUNDS];
  private final int[] rareSaw = new int[ROUNDS];
  private volatile int frequentRound;
  private volatile int rareRound;

  private void frequent(int round) {
    FLAG.setOpaque(frequentWrote, round, 1);
    ProcessBarrier.light();
    frequentSaw[round] = (int) FLAG.getOpaque(rareWrote, round);
  }

  private void rare(int round) {
    FLAG.setOpaque(rareWrote, round, 1);
    ProcessBarrier.heavy();
    rareSaw[round] = (int) FLAG.getOpaque(frequentWrote, round);
  }

  /** Both sides write and then read the other's flag: whoever is second sees the first. */
  @Test
  void theTwoSidesNeverMissEachOther() throws InterruptedException {
    long end = System.nanoTime() + 1_000_000_000;
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; i < ROUNDS; i++) {
                    rareRound = i + 1;
                    while (frequentRound <= i) {
                      if (frequentRound < 0) {
                        return;
                      }
                      Thread.onSpinWait();
                    }
                    rare(i);
                  }
                });
    int rounds = 0;
    while (rounds < ROUNDS && System.nanoTime() < end) {
      frequentRound = rounds + 1;
      while (rareRound <= rounds) {
        Thread.onSpinWait();
      }
      frequent(rounds++);
    }
    frequentRound = rounds == ROUNDS ? rounds : -1;
    thread.join();
    assertTrue(rounds > 1);
    int missed = 0;
    for (int i = 0; i < rounds - 1; i++) { // the other side may have been told to stop before its last round
      missed += 1 - Math.max(frequentSaw[i], rareSaw[i]);
    }
    assertEquals(0, missed, "of " + rounds);
  }
}
