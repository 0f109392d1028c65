package dev.gatun.code;

import dev.gatun.backend.Backend;
import java.util.List;
import java.util.ServiceLoader;

/** A processor that code is compiled for, and the disassembler that reads it. */
enum Target {
  X86_64(
      "x86_64",
      "amd64",
      "sse4_2 popcnt lzcnt bmi1 bmi2 avx avx2 fma",
      List.of("objdump", "-D", "-z", "-w", "-b", "binary", "-mi386:x86-64", "-Mintel")),
  /** The least that is supported. */
  X86_64_V2("x86_64-v2", "amd64", "sse4_2 popcnt", X86_64.disassembler),
  AARCH64(
      "aarch64",
      "aarch64",
      "atomics",
      List.of("aarch64-linux-gnu-objdump", "-D", "-z", "-w", "-b", "binary", "-maarch64"));

  private final String text;
  private final String architecture;
  private final String features;
  private final List<String> disassembler;

  Target(String text, String architecture, String features, List<String> disassembler) {
    this.text = text;
    this.architecture = architecture;
    this.features = features;
    this.disassembler = disassembler;
  }

  /** As sources name it. */
  String text() {
    return text;
  }

  String features() {
    return features;
  }

  /** The command line, which a file of code is to be added to. */
  List<String> disassembler() {
    return disassembler;
  }

  Backend backend() {
    return ServiceLoader.load(Backend.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(backend -> backend.architecture().equals(architecture))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("there is no backend for " + architecture));
  }
}
