package dev.gatun.code;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** GNU objdump, if it is installed. */
final class Disassembler {
  private final Target target;

  Disassembler(Target target) {
    this.target = target;
  }

  /** An instruction. */
  record Line(int position, int size, String text) {}

  boolean isInstalled() {
    try {
      return new ProcessBuilder(target.disassembler().getFirst(), "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException absent) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The instructions from one position in the code to another. */
  List<Line> disassemble(byte[] code, int start, int end) {
    List<Line> lines = new ArrayList<>();
    try {
      Path file = Files.createTempFile("gatun", ".code");
      try {
        Files.write(file, code);
        List<String> command = new ArrayList<>(target.disassembler());
        command.add("--start-address=" + start);
        command.add("--stop-address=" + end);
        command.add(file.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        for (String line : process.inputReader().lines().toList()) {
          // "  1f:", bytes or words, and the instruction, perhaps with its operands apart, between tabs;
          // for A64, other readings of it behind slashes.
          String[] parts = line.split("\t", 3);
          if (parts.length == 3 && parts[0].endsWith(":")) {
            int position = Integer.parseInt(parts[0].substring(0, parts[0].length() - 1).strip(), 16);
            int size = parts[1].replace(" ", "").length() / 2;
            String text = parts[2].replaceFirst("//.*", "").strip();
            lines.add(new Line(position, size, text.replaceAll("\\s+", " ")));
          }
        }
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }
}
