package dev.gatun.codegen.x86_64;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds every encoding against GNU objdump: it must read back what the instruction's row says, at the same length. */
class DisassemblyTest {
  private static final String[] CONDITIONS = {
    "o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"
  };

  private static final String[] NOPS = {
    "nop",
    "xchg ax,ax",
    "nop DWORD PTR [rax]",
    "nop DWORD PTR [rax+0x0]",
    "nop DWORD PTR [rax+rax*1+0x0]",
    "nop WORD PTR [rax+rax*1+0x0]",
    "nop DWORD PTR [rax+0x0]",
    "nop DWORD PTR [rax+rax*1+0x0]",
    "nop WORD PTR [rax+rax*1+0x0]",
  };

  private Assembler assembler = new Assembler();
  private final List<String> expected = new ArrayList<>();
  private int[] starts = new int[1 << 16];

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void objdumpReadsBackWhatWasEncoded(boolean avx, @TempDir Path folder) throws IOException, InterruptedException {
    boolean installed = objdumpIsInstalled();
    if (!installed) {
      System.err.println("SKIPPED: objdump is not installed (package binutils); the encodings are not held against it");
    }
    assumeTrue(installed, "objdump is not installed");

    assembler = new Assembler(avx);
    EncodedForm.forEach(
        avx,
        form -> {
          expect(form.text());
          form.emit(assembler);
        });
    int ofTable = expected.size();
    assertTrue(ofTable > (avx ? 500_000 : 850_000), "only " + ofTable + " encodings of the table");
    if (!avx) {
      withoutModRm();
      jumps();
    }

    Path code = folder.resolve("code.bin");
    Files.write(code, assembler.copy());
    compare(code, folder.resolve("objdump.err"));
    System.out.println(
        "objdump agrees on " + expected.size() + " encodings, " + ofTable + " of them of the instruction table");
  }

  private static boolean objdumpIsInstalled() throws InterruptedException {
    try {
      return new ProcessBuilder("objdump", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException absent) {
      return false;
    }
  }

  /** Says what the next instruction is. */
  private void expect(String text) {
    if (expected.size() == starts.length) {
      starts = Arrays.copyOf(starts, 2 * starts.length);
    }
    starts[expected.size()] = assembler.position();
    expected.add(text);
  }

  private void withoutModRm() {
    for (int register : EncodedForm.REGISTERS) {
      String name = EncodedForm.gpRegister(64, register);
      expect("push " + name);
      assembler.push(register);
      expect("pop " + name);
      assembler.pop(register);
      for (int condition = 0; condition < 16; condition++) {
        expect("set" + CONDITIONS[condition] + " " + EncodedForm.gpRegister(8, register));
        assembler.setcc(condition, register);
        for (int source : EncodedForm.REGISTERS) {
          for (int bits = 32; bits <= 64; bits += 32) {
            expect(
                "cmov" + CONDITIONS[condition] + " " + EncodedForm.gpRegister(bits, register) + ","
                    + EncodedForm.gpRegister(bits, source));
            assembler.cmovcc(condition, bits == 64, register, source);
          }
        }
      }
      constant(register, 0, "mov", 32);
      constant(register, 1, "mov", 32);
      constant(register, Integer.MAX_VALUE, "mov", 32);
      constant(register, 1L << 31, "mov", 32);
      constant(register, 0xFFFF_FFFFL, "mov", 32);
      constant(register, -1, "mov", 64);
      constant(register, Integer.MIN_VALUE, "mov", 64);
      constant(register, Integer.MIN_VALUE - 1L, "movabs", 64);
      constant(register, 1L << 32, "movabs", 64);
      constant(register, Long.MAX_VALUE, "movabs", 64);
      constant(register, Long.MIN_VALUE, "movabs", 64);
    }
    expect("ret");
    assembler.ret();
    expect("leave");
    assembler.leave();
    expect("hlt");
    assembler.hlt();
    expect("cdq");
    assembler.signExtendAccumulator(false);
    expect("cqo");
    assembler.signExtendAccumulator(true);
    expect("cpuid");
    assembler.cpuid();
    expect("xgetbv");
    assembler.xgetbv();
    for (int count = 1; count <= NOPS.length; count++) {
      expect(NOPS[count - 1]);
      assembler.nop(count);
    }
  }

  private void constant(int register, long value, String mnemonic, int bits) {
    expect(mnemonic + " " + EncodedForm.gpRegister(bits, register) + ",0x" + Long.toHexString(value));
    assembler.movConstant(register, value);
  }

  private void jumps() {
    for (int condition = 0; condition < 16; condition++) {
      int backward = assembler.newLabel();
      assembler.bind(backward);
      String target = " 0x" + Integer.toHexString(assembler.position());
      expect("j" + CONDITIONS[condition] + target);
      assembler.jcc(condition, backward);
      expect("jmp" + target);
      assembler.jmp(backward);
      expect("j" + CONDITIONS[condition] + target);
      assembler.jccShort(condition, backward);

      // Forward: 6 + 5 + 2 + 2 bytes of jumps.
      int forward = assembler.newLabel();
      target = " 0x" + Integer.toHexString(assembler.position() + 15);
      expect("j" + CONDITIONS[condition] + target);
      assembler.jcc(condition, forward);
      expect("jmp" + target);
      assembler.jmp(forward);
      expect("j" + CONDITIONS[condition] + target);
      assembler.jccShort(condition, forward);
      expect("jmp" + target);
      assembler.jmpShort(forward);
      assembler.bind(forward);
    }
  }

  private void compare(Path code, Path errors) throws IOException, InterruptedException {
    Process objdump =
        new ProcessBuilder(
                "objdump", "-D", "-z", "-w", "-b", "binary", "-mi386:x86-64", "-M", "intel", "--no-show-raw-insn",
                code.toString())
            .redirectError(errors.toFile())
            .start();
    List<String> differences = new ArrayList<>();
    int count = 0;
    try (BufferedReader lines = objdump.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int colon = line.indexOf(":\t");
        if (colon < 0) {
          continue;
        }
        int start = Integer.parseInt(line.substring(0, colon).strip(), 16);
        String text = normalized(line.substring(colon + 2));
        if (count == expected.size()) {
          fail("objdump goes on after the last instruction: " + line);
        }
        if (start != starts[count] || !text.equals(expected.get(count))) {
          differences.add(
              Integer.toHexString(starts[count]) + ": " + expected.get(count) + "\n  but objdump at "
                  + Integer.toHexString(start) + ": " + text);
          // After a wrong length nothing that follows would be in step.
          if (start != starts[count] || differences.size() == 50) {
            break;
          }
        }
        count++;
      }
    }
    objdump.destroy();
    int status = objdump.waitFor();
    assertEquals(List.of(), differences, String.join("\n", differences));
    assertEquals(expected.size(), count, "instructions that objdump printed");
    assertEquals(0, status, () -> "objdump failed; its errors are in " + errors);
  }

  /** One blank after the mnemonic, no comment. */
  private static String normalized(String printed) {
    int end = printed.indexOf('#');
    StringBuilder text = new StringBuilder(printed.length());
    boolean blank = false;
    for (int i = 0; i < (end < 0 ? printed.length() : end); i++) {
      char c = printed.charAt(i);
      if (c == ' ') {
        blank = !text.isEmpty();
      } else {
        if (blank) {
          text.append(' ');
          blank = false;
        }
        text.append(c);
      }
    }
    return text.toString();
  }
}
