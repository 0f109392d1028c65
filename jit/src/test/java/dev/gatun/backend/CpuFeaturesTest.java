package dev.gatun.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CpuFeaturesTest {
  private enum Feature implements CpuFeature {
    WIDE,
    WIDER,
    OTHER;

    @Override
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public @Nullable CpuFeature base() {
      return this == WIDER ? WIDE : null;
    }
  }

  private static CpuFeatures<Feature> parse(String names) {
    return CpuFeatures.parse(Feature.class, names);
  }

  @AfterEach
  void allowAll() {
    System.clearProperty("gatun.cpu");
  }

  @Test
  void hasWhatIsNamed() {
    CpuFeatures<Feature> features = parse(" other  wide ");
    assertTrue(features.has(Feature.WIDE));
    assertTrue(features.has(Feature.OTHER));
    assertFalse(features.has(Feature.WIDER));
    assertEquals("wide other", features.toString());
    assertEquals("", parse("").toString());
  }

  @Test
  void lacksWhatLacksItsBase() {
    assertEquals("other", new CpuFeatures<>(Feature.class, EnumSet.of(Feature.WIDER, Feature.OTHER)).toString());
    assertEquals("wide wider", parse("wider wide").toString());
  }

  @Test
  void namesThatAreNotKnownAreRefused() {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> parse("wide wise"));
    assertEquals("'wise' is no known feature of a processor; these are: wide, wider, other", e.getMessage());
  }

  @Test
  void thePropertyTakesAway() {
    CpuFeatures<Feature> all = parse("wide wider other");
    assertEquals("wide wider other", all.allowed().toString());
    System.setProperty("gatun.cpu", "-wide, -other");
    assertEquals("", all.allowed().toString());
    System.setProperty("gatun.cpu", "-wider");
    assertEquals("wide other", all.allowed().toString());
  }

  @Test
  void aMistakeInThePropertyIsNamed() {
    CpuFeatures<Feature> all = parse("wide");
    System.setProperty("gatun.cpu", "wide");
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, all::allowed);
    assertEquals(
        "system property gatun.cpu=wide: 'wide' must begin with a minus sign, as in -avx,-bmi2", e.getMessage());
    System.setProperty("gatun.cpu", "-tall");
    assertTrue(assertThrows(IllegalArgumentException.class, all::allowed).getMessage().contains("'tall' is no known"));
  }
}
