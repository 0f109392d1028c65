package dev.gatun.fuzz.generate;

import java.util.List;

/** Small modules with which the embedding API is used at random, by several threads at once. */
public final class ApiSequences implements Generator {
  private final StructuredModules structured = new StructuredModules();

  @Override
  public String name() {
    return "api";
  }

  @Override
  public int batch() {
    return 20;
  }

  @Override
  public Subject generate(long seed) {
    Subject module = structured.generate(seed);
    return new Subject(module.wasm(), module.features(), List.copyOf(module.calls()), Subject.Kind.API);
  }
}
