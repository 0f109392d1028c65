package dev.gatun.snippets;

import dev.gatun.Deadline;
import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.LimitException;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.OutputLimitException;
import dev.gatun.Profile;
import dev.gatun.Profiler;
import dev.gatun.wasi.Wasi;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Of limits and of what guests do. */
final class LimitsSnippets {
  private LimitsSnippets() {}

  static void limits(Module module, Imports imports) {
    // @start region="limits"
    Limits limits = Limits.builder().memory(64 << 20).timeout(Duration.ofMillis(100)).build();
    try (Instance plugin = module.instantiate(imports, limits)) {
      plugin.function("run").call();
    } catch (LimitException e) {
      System.out.println("the plug-in was stopped: " + e.getMessage()); // which limit, and where in the guest
    }
    // @end
  }

  static void deadline(Instance instance, List<Integer> batch) {
    // @start region="deadline"
    try (Deadline _ = instance.store().deadline(Duration.ofSeconds(1))) {
      for (int request : batch) {
        instance.function("handle").call(request);
      }
    }
    // @end
  }

  static void output(Module module) throws IOException {
    // @start region="output"
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (Wasi wasi = Wasi.builder().stdout(out).outputLimit(1 << 20).build()) {
      wasi.run(module);
    } catch (OutputLimitException e) {
      System.out.println(out.size() + " bytes, then it was stopped");
    }
    // @end
  }

  static void program(Module module) throws IOException {
    // @start region="program"
    try (Wasi wasi = Wasi.builder().argument("program").argument("-V").inheritStreams().build();
        Instance instance = module.instantiate(Imports.builder().provider(wasi.imports()).build())) {
      int code = wasi.run(instance);
      System.out.println("ended with " + code);
    }
    // @end
  }

  static void profile(Instance instance, Path file) throws IOException {
    // @start region="profiler"
    try (Profiler profiler = Profiler.start(instance.store(), Duration.ofMillis(1))) {
      instance.function("work").call();
      profiler.profile().write(file); // a flame graph, for a browser
    }
    // @end
  }

  static void functions(Profiler profiler, Path file) throws IOException {
    // @start region="profile"
    Profile profile = profiler.profile();
    for (Profile.Function function : profile.functions()) {
      System.out.println(function.self() + " " + function.name());
    }
    profile.write(file);
    // @end
  }
}
