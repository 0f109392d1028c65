package dev.gatun.benchmarks;

import dev.gatun.Engine;
import dev.gatun.FuncType;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.ValType;
import java.util.List;

/** Gatun, through a view of the instance. */
final class GatunEmbedding implements Embedding {
  /** What the module exports. */
  public interface Small {
    /** Adds. */
    int add(int left, int right);

    /** Calls the host. */
    int repeat(int count);
  }

  private static final Imports IMPORTS =
      Imports.builder()
          .function(
              "host",
              "next",
              new FuncType(List.of(ValType.I32), List.of(ValType.I32)),
              call -> call.result(call.i32(0) + 1))
          .build();

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
