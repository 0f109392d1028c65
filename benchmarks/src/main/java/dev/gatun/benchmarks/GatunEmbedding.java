package dev.gatun.benchmarks;

import dev.gatun.Engine;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;

/** Gatun, through a view of the instance. */
final class GatunEmbedding implements Embedding {
  private static final Imports IMPORTS = SmallModule.imports();

  private final Engine engine = Engine.create();
  private final Module module = engine.compile(MODULE);
  private final Instance instance = module.instantiate(IMPORTS);
  private final Small small = instance.as(Small.class);

  @Override
  public int add(int left, int right) {
    return small.add(left, right);
  }

  @Override
  public int repeat(int count) {
    return small.repeat(count);
  }

  @Override
  public int instantiateAndAdd(int left, int right) {
    try (Instance fresh = module.instantiate(IMPORTS)) {
      return fresh.as(Small.class).add(left, right);
    }
  }

  @Override
  public void close() {
    instance.close();
    module.close();
    engine.close();
  }
}
