package dev.gatun.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class VariantTest {
  private static final Variant VARIANT = new Variant("b1", "amd64", "sse4_2 popcnt avx", false, true, true);

  @Test
  void whatIsStoredIsReadAgain() {
    assertEquals(VARIANT, Variant.parse(VARIANT.text()));
    Variant plain = new Variant("", "aarch64", "", true, false, false);
    assertEquals(plain, Variant.parse(plain.text()));
    assertNull(Variant.parse("b1\namd64"));
  }

  @Test
  void everyPartMakesAnotherVariant() {
    for (Variant other : others()) {
      assertTrue(!VARIANT.text().equals(other.text()), other.text());
    }
  }

  private static List<Variant> others() {
    return List.of(
        new Variant("b2", "amd64", "sse4_2 popcnt avx", false, true, true),
        new Variant("b1", "aarch64", "sse4_2 popcnt avx", false, true, true),
        new Variant("b1", "amd64", "sse4_2 popcnt avx bmi1", false, true, true),
        new Variant("b1", "amd64", "sse4_2 popcnt avx", true, true, true),
        new Variant("b1", "amd64", "sse4_2 popcnt avx", false, false, true),
        new Variant("b1", "amd64", "sse4_2 popcnt avx", false, true, false));
  }

  @Test
  void codeRunsWhereThereIsAllThatItMakesUseOf() {
    assertNull(VARIANT.obstacle(VARIANT));
    assertNull(VARIANT.obstacle(new Variant("b1", "amd64", "sse4_2 popcnt bmi1 avx", false, true, true)));
    assertNull(new Variant("b1", "amd64", "", false, true, true).obstacle(VARIANT));
    for (Variant other : others()) {
      assertEquals(other.features().endsWith("bmi1"), VARIANT.obstacle(other) == null, other.text());
    }
    assertEquals(
        "its code needs a processor that has popcnt, and this one has not",
        VARIANT.obstacle(new Variant("b1", "amd64", "sse4_2 avx", false, true, true)));
    assertEquals(
        "it was made by another build of Gatun (b1, and this is b2)",
        VARIANT.obstacle(new Variant("b2", "amd64", "sse4_2 popcnt avx", false, true, true)));
  }
}
