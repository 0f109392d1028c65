package dev.gatun.backend;

import java.util.EnumSet;
import java.util.Set;

/**
 * What code may use: a set of the features of an architecture. Immutable.
 *
 * @param <F> the features there are
 */
public final class CpuFeatures<F extends Enum<F> & CpuFeature> {
  /** Names features of the processor that code must not use, as in {@code -avx,-bmi2}. */
  private static final String WITHOUT_PROPERTY = "gatun.cpu";

  private final Class<F> known;
  private final Set<F> features;

  /**
   * Those of a set that have what they build on.
   *
   * @param known the enum of all that there are, each after its base
   */
  public CpuFeatures(Class<F> known, Set<F> features) {
    this.known = known;
    this.features = EnumSet.noneOf(known);
    for (F feature : features) {
      CpuFeature base = feature.base();
      if (base == null || this.features.contains(base)) {
        this.features.add(feature);
      }
    }
  }

  /**
   * What is named.
   *
   * @param names between blanks
   * @throws IllegalArgumentException if a name is not known; lists those that are
   */
  public static <F extends Enum<F> & CpuFeature> CpuFeatures<F> parse(Class<F> known, String names) {
    Set<F> named = EnumSet.noneOf(known);
    if (!names.isBlank()) {
      for (String name : names.strip().split(" +")) {
        named.add(named(known, name));
      }
    }
    return new CpuFeatures<>(known, named);
  }

  private static <F extends Enum<F> & CpuFeature> F named(Class<F> known, String name) {
    StringBuilder texts = new StringBuilder();
    for (F feature : known.getEnumConstants()) {
      if (name.equals(feature.text())) {
        return feature;
      }
      texts.append(texts.isEmpty() ? "" : ", ").append(feature.text());
    }
    throw new IllegalArgumentException("'" + name + "' is no known feature of a processor; these are: " + texts);
  }

  /**
   * The same without what the system property {@code gatun.cpu} takes away, as in {@code -avx,-bmi2}.
   *
   * @throws IllegalArgumentException if the property names none that is known; lists those that are
   */
  public CpuFeatures<F> allowed() {
    String without = System.getProperty(WITHOUT_PROPERTY);
    if (without == null) {
      return this;
    }
    Set<F> rest = EnumSet.noneOf(known);
    rest.addAll(features);
    try {
      for (String name : without.split(",")) {
        String stripped = name.strip();
        if (!stripped.startsWith("-")) {
          throw new IllegalArgumentException("'" + stripped + "' must begin with a minus sign, as in -avx,-bmi2");
        }
        rest.remove(named(known, stripped.substring(1)));
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "system property " + WITHOUT_PROPERTY + "=" + without + ": " + e.getMessage(), e);
    }
    return new CpuFeatures<>(known, rest);
  }

  /** Whether code may use a feature. */
  public boolean has(F feature) {
    return features.contains(feature);
  }

  /** The names, between blanks. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (F feature : features) {
      text.append(text.isEmpty() ? "" : " ").append(feature.text());
    }
    return text.toString();
  }
}
