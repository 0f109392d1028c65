package dev.gatun.fuzz;

import dev.gatun.fuzz.generate.ApiSequences;
import dev.gatun.fuzz.generate.Generator;
import dev.gatun.fuzz.generate.Mutations;
import dev.gatun.fuzz.generate.RandomBytes;
import dev.gatun.fuzz.generate.SingleInstructions;
import dev.gatun.fuzz.generate.StructuredModules;
import dev.gatun.fuzz.generate.WasiSequences;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** All generators, by name, in the order in which they take turns. */
final class Generators {
  private Generators() {}

  /** The generators. */
  static Map<String, Generator> all() {
    Map<String, Generator> all = new LinkedHashMap<>();
    for (Generator generator :
        List.of(
            new StructuredModules(), new SingleInstructions(), new Mutations(), new RandomBytes(), new WasiSequences(),
            new ApiSequences())) {
      all.put(generator.name(), generator);
    }
    return all;
  }
}
