package dev.gatun.codegen.aarch64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds every encoding against GNU objdump for AArch64: it must read back what the instruction's row says. */
class DisassemblyTest {
  private static final String OBJDUMP = "aarch64-linux-gnu-objdump";

  private final Assembler assembler = new Assembler();
  private final List<String> expected = new ArrayList<>();

  @Test
  void objdumpReadsBackWhatWasEncoded(@TempDir Path folder) throws IOException, InterruptedException {
    boolean installed = isInstalled();
    if (!installed) {
      System.err.println(
          "SKIPPED: " + OBJDUMP + " is not installed (package binutils-aarch64-linux-gnu); encodings are not checked");
    }
    assumeTrue(installed, OBJDUMP + " is not installed");

    new EncodedForms(assembler, expected::add).emitAll();
    assertTrue(expected.size() > 40 * Instruction.values().length, "only " + expected.size() + " encodings");
    labels();
    compare(Files.write(folder.resolve("code.bin"), assembler.copy()));
    System.out.println("objdump agrees on " + expected.size() + " encodings");
  }

  private static boolean isInstalled() throws InterruptedException {
    try {
      return new ProcessBuilder(OBJDUMP, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  private String at(int position) {
    return "0x" + Integer.toHexString(position);
  }

  /** Instructions with labels, backward and forward. */
  private void labels() {
    int back = assembler.newLabel();
    assembler.bind(back);
    int start = assembler.position();
    int ahead = assembler.newLabel();
    int end = start + 4 * 16;
    for (int label : new int[] {back, ahead}) {
      String target = at(label == back ? start : end);
      expected.add("b " + target);
      assembler.emit(Instruction.B, label);
      expected.add("bl " + target);
      assembler.emit(Instruction.BL, label);
      expected.add("b.ne " + target);
      assembler.emitBranch(Registers.NE, label);
      expected.add("cbz w3, " + target);
      assembler.emitCompareAndBranch(Instruction.CBZ, false, 3, label);
      expected.add("cbnz xzr, " + target);
      assembler.emitCompareAndBranch(Instruction.CBNZ, true, 31, label);
      expected.add("tbz w30, #31, " + target);
      assembler.emitTestAndBranch(Instruction.TBZ, 30, 31, label);
      expected.add("tbnz x0, #32, " + target);
      assembler.emitTestAndBranch(Instruction.TBNZ, 0, 32, label);
      expected.add("adr x17, " + target);
      assembler.emitAddress(17, label);
    }
    assembler.bind(ahead);
    assertEquals(end, assembler.position());
    int cells = end + 16 + (-(end + 16) & 15);
    expected.add("ldr x1, " + at(cells));
    assembler.emitPool(Instruction.LDR_X_LITERAL, 1, 1, 2);
    expected.add("ldr s31, " + at(cells + 16));
    assembler.emitPool(Instruction.LDR_S_LITERAL, 31, 3, 4);
    expected.add("ldr d0, " + at(cells));
    assembler.emitPool(Instruction.LDR_D_LITERAL, 0, 1, 2);
    expected.add("ldr q15, " + at(cells + 16));
    assembler.emitPool(Instruction.LDR_Q_LITERAL, 15, 3, 4);
    assembler.writePool();
  }

  private void compare(Path code) throws IOException, InterruptedException {
    Process objdump =
        new ProcessBuilder(
                OBJDUMP, "-D", "-z", "-b", "binary", "-m", "aarch64", "-M", "no-aliases", "--no-show-raw-insn",
                code.toString())
            .redirectErrorStream(true)
            .start();
    List<String> differences = new ArrayList<>();
    int count = 0;
    for (String line : objdump.inputReader().lines().toList()) {
      int colon = line.indexOf(":\t");
      if (colon < 0 || count == expected.size()) {
        continue;
      }
      String text = normalized(line.substring(colon + 2));
      if (!text.equals(expected.get(count)) && differences.size() < 50) {
        differences.add(expected.get(count) + "\n  but objdump: " + text);
      }
      count++;
    }
    objdump.waitFor();
    assertEquals(List.of(), differences, String.join("\n", differences));
    assertEquals(expected.size(), count);
  }

  private static String normalized(String text) {
    int comment = text.indexOf("//");
    return (comment < 0 ? text : text.substring(0, comment)).replace('\t', ' ').strip();
  }
}
