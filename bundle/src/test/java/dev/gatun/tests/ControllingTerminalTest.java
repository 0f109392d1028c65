package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gatun.Engine;
import dev.gatun.Module;
import dev.gatun.bindings.Machine;
import dev.gatun.bindings.SystemCall;
import dev.gatun.bindings.linux.LibC;
import dev.gatun.testing.ChildJvm;
import dev.gatun.text.TextFormat;
import dev.gatun.wasi.Wasi;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A terminal that a guest opens does not become the one that controls this process, whose keys would then end it. That
 * only happens to the first process of a session, so a child is made one.
 */
final class ControllingTerminalTest {
  // Of <asm-generic/ioctls.h>: unlock a terminal, tell its number.
  private static final long TIOCSPTLCK = 0x40045431L;
  private static final long TIOCGPTN = 0x80045430L;

  /** Main class of the child: lets a guest open a new terminal, and prints which one controls the process then. */
  static final class Main {
    public static void main(String[] arguments) throws IOException {
      int terminal = newTerminal();
      String text =
          """
          (module
            (import "wasi_snapshot_preview1" "path_open"
              (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (data (i32.const 16) "%s")
            (func (export "_start")
              (call $exit
                (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const %d) (i32.const 0)
                  (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 8)))))
          """
              .formatted(terminal, Integer.toString(terminal).length());
      try (Engine engine = Engine.create();
          Module module = engine.compile(TextFormat.parse(text));
          Wasi wasi = Wasi.builder().directory(Path.of("/dev/pts"), "/", false).build()) {
        int error = wasi.run(module);
        String status = Files.readString(Path.of("/proc/self/stat"));
        // The number of the terminal is the seventh field, the second of which may have spaces.
        String[] fields = status.substring(status.lastIndexOf(')') + 2).split(" ", 6);
        System.out.println("error " + error + ", leader " + fields[3].equals(status.split(" ", 2)[0]) + ", terminal "
            + fields[4]);
      }
    }

    private static int newTerminal() {
      try (Arena arena = Arena.ofConfined()) {
        long master =
            SystemCall.call(
                Machine.SYS_openat(), LibC.AT_FDCWD(), arena.allocateFrom("/dev/ptmx").address(),
                LibC.O_RDWR() | LibC.O_NOCTTY(), 0);
        MemorySegment number = arena.allocate(4, 4);
        SystemCall.call(Machine.SYS_ioctl(), master, TIOCSPTLCK, number.address());
        SystemCall.call(Machine.SYS_ioctl(), master, TIOCGPTN, number.address());
        return number.get(ValueLayout.JAVA_INT, 0);
      }
    }
  }

  @Test
  @Timeout(120)
  void aTerminalThatAGuestOpensControlsNothing() throws Exception {
    assumeFalse(ChildJvm.isEmulated(), "an emulator makes up /proc/self/stat");
    List<String> command = new ArrayList<>(List.of("setsid", "--wait"));
    command.addAll(ChildJvm.command(List.of(), Main.class));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      assumeTrue(false, "setsid is not installed");
      return;
    }
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    assertEquals("error 0, leader true, terminal 0", output.strip());
  }
}
