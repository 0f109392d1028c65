package dev.gatun.benchmarks.sidebyside;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the engines of this machine. Those that aren't there are told of, and left out. */
final class Contenders {
  static final String GATUN = "gatun";
  static final String GATUN_CACHED = "gatun-cached";
  static final String CRANELIFT = "cranelift";
  static final String WINCH = "winch";
  static final String V8_BASELINE = "v8-baseline";
  static final String V8 = "v8";
  static final String V8_OPTIMIZED = "v8-optimized";
  static final String CHICORY = "chicory";
  static final String GRAALWASM = "graalwasm";
  static final String NATIVE = "native";

  /** Those that run unless others are named. */
  static final List<String> USUAL =
      List.of(GATUN, GATUN_CACHED, CRANELIFT, WINCH, V8_BASELINE, V8, CHICORY, GRAALWASM, NATIVE);

  /** Without the last of them node 20 still compiles hot functions a second time. */
  private static final List<String> BASELINE_ONLY =
      List.of("--liftoff", "--no-wasm-tier-up", "--no-wasm-dynamic-tiering");

  private static final String PROCESSES = "dev.gatun.benchmarks.processes.";

  private final String java;
  private final String classPath;
  private final Path folder;
  private final List<Contender> found = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();

  /**
   * A search.
   *
   * @param folder that of the benchmarks
   * @param classPath of this process, with all engines that are Java
   */
  Contenders(Path folder, String classPath) {
    this.java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    this.folder = folder;
    this.classPath = classPath;
  }

  List<Contender> found() {
    return found;
  }

  /** What is missing: lines for people. */
  List<String> missing() {
    return missing;
  }

  /**
   * Looks for an engine.
   *
   * @throws IllegalArgumentException if none has this name
   */
  void find(String name) {
    switch (name) {
      case GATUN -> found.add(gatun(GATUN, "Gatun", classPath));
      case GATUN_CACHED -> cached();
      case CRANELIFT -> wasmtime(CRANELIFT, "wasmtime Cranelift");
      case WINCH -> wasmtime(WINCH, "wasmtime Winch");
      case V8_BASELINE ->
          node(V8_BASELINE, "V8 baseline", BASELINE_ONLY, true);
      case V8 -> node(V8, "V8", List.of(), false);
      case V8_OPTIMIZED -> node(V8_OPTIMIZED, "V8 TurboFan", List.of("--no-liftoff"), true);
      case CHICORY -> chicory();
      case GRAALWASM -> graalWasm();
      case NATIVE -> compiled();
      default ->
          throw new IllegalArgumentException(
              "there is no engine '" + name + "'; there are " + String.join(", ", USUAL) + ", " + V8_OPTIMIZED);
    }
  }

  /** A build of Gatun, by its class path. */
  Contender gatun(String name, String label, String path) {
    return new Contender(
        name,
        label,
        "this build, on Java "
            + Runtime.version()
            + "; all of a module is compiled before it starts, but for scripts. Starts of its command, without a cache",
        program ->
            program.set().equals(Program.START)
                ? launcher(program, "--no-cache")
                : javaCommand(path, List.of(), "GatunProcess", program));
  }

  private void cached() {
    found.add(
        new Contender(
            GATUN_CACHED,
            "Gatun, cached",
            "its command, with the compiled code of a run before",
            false,
            true,
            program -> program.eager() ? List.of() : launcher(program)));
  }

  private List<String> launcher(Program program, String... options) {
    List<String> command = new ArrayList<>(List.of(folder.resolveSibling("gatun").toString(), "run"));
    command.addAll(List.of(options));
    command.add(program.module().toString());
    command.addAll(program.arguments());
    return command;
  }

  private List<String> javaCommand(String path, List<String> options, String main, Program program) {
    List<String> command = new ArrayList<>(List.of(java, "--enable-native-access=ALL-UNNAMED"));
    command.addAll(options);
    command.addAll(List.of("-cp", path, PROCESSES + main, program.module().toString()));
    command.add(program.eager() ? "eager" : "lazy");
    command.addAll(program.arguments());
    return command;
  }

  private void wasmtime(String strategy, String label) {
    String library = System.getProperty("wasmtime.library");
    if (library == null) {
      missing.add(label + ": there is no library of wasmtime (ci/fetch-wasmtime)");
      return;
    }
    // The library can't tell its version; its folder is named for it.
    Path file = Path.of(library).toAbsolutePath();
    String version = file.getName(file.getNameCount() - 2).toString();
    List<String> options =
        List.of("-XX:+UseSerialGC", "-Dwasmtime.library=" + library, "-Dwasmtime.strategy=" + strategy);
    found.add(
        new Contender(
            strategy,
            label,
            version + ", its C library in a JVM, whose start does not count",
            true,
            false,
            program -> javaCommand(classPath, options, "WasmtimeProcess", program)));
  }

  private void node(String name, String label, List<String> flags, boolean choosesWhen) {
    List<String> probe = new ArrayList<>(List.of("node"));
    probe.addAll(flags);
    probe.addAll(List.of("-p", "process.version + ', V8 ' + process.versions.v8"));
    String version = answer(probe);
    if (version == null) {
      missing.add(label + ": node is not installed, or does not know " + String.join(" ", flags));
      return;
    }
    Function<Program, List<String>> command =
        program -> {
          List<String> words = new ArrayList<>(List.of("node", "--no-warnings"));
          words.addAll(flags);
          if (choosesWhen && program.eager()) {
            words.add("--no-wasm-lazy-compilation");
          }
          words.add(folder.resolve("time-in-node.mjs").toString());
          words.add(program.module().toString());
          words.addAll(program.arguments());
          return words;
        };
    String how = "node " + version + (flags.isEmpty() ? ", no flags" : ", " + String.join(" ", flags));
    found.add(new Contender(name, label, how, command));
  }

  private void chicory() {
    Matcher jar = Pattern.compile("chicory/compiler/([0-9.]+)/").matcher(classPath);
    if (!jar.find()) {
      missing.add("Chicory: its compiler is not on the class path");
      return;
    }
    found.add(
        new Contender(
            CHICORY,
            "Chicory",
            jar.group(1) + ", its compiler to bytecode at run time",
            program -> javaCommand(classPath, List.of(), "ChicoryProcess", program)));
  }

  private void graalWasm() {
    String folder = System.getProperty("graalwasm.libraries");
    if (folder == null) {
      missing.add("GraalWasm: there are no libraries of it (ci/fetch-graalwasm)");
      return;
    }
    Path libraries = Path.of(folder);
    String version = libraries.getFileName().toString();
    StringBuilder upgrade = new StringBuilder();
    for (String module : List.of("compiler", "truffle-compiler", "word", "collections", "jniutils", "nativeimage")) {
      upgrade.append(upgrade.isEmpty() ? "" : File.pathSeparator);
      upgrade.append(libraries.resolve(module + "-" + version + ".jar"));
    }
    // The JDK has the interface of its compiler; with it GraalWasm compiles, and without only interprets.
    List<String> options =
        List.of(
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UnlockExperimentalVMOptions",
            "-XX:+EnableJVMCI",
            "--upgrade-module-path=" + upgrade);
    String path = classPath + File.pathSeparator + libraries.resolve("*");
    found.add(
        new Contender(
            GRAALWASM,
            "GraalWasm",
            version + ", with its compiler, on the same JDK",
            program -> javaCommand(path, options, "GraalWasmProcess", program)));
  }

  private void compiled() {
    String clang = answer(List.of("clang", "--version"));
    String rustc = answer(List.of("/usr/bin/rustc", "--version"));
    found.add(
        new Contender(
            NATIVE,
            "native",
            "-O2 of " + clang + "; -O of " + rustc,
            program -> {
              Path executable = program.executable();
              if (executable == null) {
                return List.of();
              }
              List<String> words = new ArrayList<>(List.of(executable.toString()));
              words.addAll(program.arguments());
              return words;
            }));
  }

  /** The first line that a command prints, or null if it can't be run or fails. */
  static @Nullable String answer(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return process.waitFor() == 0 ? out.lines().findFirst().orElse("") : null;
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
