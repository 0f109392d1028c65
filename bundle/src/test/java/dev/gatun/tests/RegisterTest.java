package dev.gatun.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.gatun.Engine;
import dev.gatun.Instance;
import dev.gatun.Module;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import org.junit.jupiter.api.Test;

/** Functions that once went wrong in the register allocator, each as small as it gets. */
final class RegisterTest {
  private static final int ADD = 0x6A;
  private static final int SUB = 0x6B;
  private static final int MUL = 0x6C;
  private static final int LT_S = 0x48;
  private static final int SELECT = 0x1B;

  private static int call(String type, Code code, Object... arguments) {
    ModuleBuilder builder = new ModuleBuilder();
    builder.function("f", type, code);
    try (Engine engine = Engine.create();
        Module module = engine.compile(builder.build());
        Instance instance = module.instantiate()) {
      return (Integer) instance.function("f").call(arguments);
    }
  }

  /** Local 1 lives no longer than its alias on the stack, local 2 has the same home, and one instruction takes both. */
  @Test
  void aliasesOfTwoLocalsWithOneHomeMeetInAnInstruction() {
    Code code =
        new Code()
            .locals(2, 'i')
            .localGet(0).i32(1).op(ADD).localSet(1)
            .localGet(1).localGet(1).op(MUL).drop()
            .localGet(1)
            .localGet(0).i32(5).op(ADD).localSet(2)
            .localGet(2).op(SUB)
            .localGet(2).op(ADD);
    assertEquals(43, call("i:i", code, 42));
  }

  /** Four locals in all the temporaries there are, and a select of two of them by the other two. */
  @Test
  void aSelectOfFourTemporariesFindsARegister() {
    Code code = new Code().locals(4, 'i');
    for (int local = 7; local < 11; local++) {
      code.localGet(0).i32(local).op(ADD).localSet(local);
    }
    code.localGet(7).localGet(8).localGet(9).localGet(10).op(LT_S).op(SELECT);
    for (int use = 0; use < 4; use++) {
      for (int param = 0; param < 7; param++) {
        code.localGet(param).op(ADD);
      }
    }
    assertEquals(1 + 7 + 4 * 28, call("iiiiiii:i", code, 1, 2, 3, 4, 5, 6, 7));
  }
}
