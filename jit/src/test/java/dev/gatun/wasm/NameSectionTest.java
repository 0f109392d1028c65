package dev.gatun.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.gatun.testing.Bytes;
import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;
import org.junit.jupiter.api.Test;

class NameSectionTest {
  /** Three functions, of which the second is exported and the first imported, and a name section. */
  private static WasmModule module(Bytes names) {
    ModuleBuilder builder = new ModuleBuilder();
    builder.importFunction("env", "puts", ":");
    builder.function("exported", ":", new Code());
    builder.function(":", new Code());
    builder.custom("name", names);
    return ModuleDecoder.decode(builder.build());
  }

  private static Bytes functionNames(Bytes pairs, int count) {
    return new Bytes().add(1).sized(new Bytes().unsigned(count).add(pairs));
  }

  @Test
  void namesAreRead() {
    Bytes pairs = new Bytes().unsigned(0).name("zero").unsigned(2).name("zwö");
    WasmModule module = module(new Bytes().add(0).sized(new Bytes().name("demo")).add(functionNames(pairs, 2)));
    assertEquals("demo", module.name());
    assertEquals("zero", module.functionName(0));
    assertEquals("exported", module.functionName(1));
    assertEquals("zwö", module.functionName(2));
  }

  @Test
  void withoutNamesImportsAndExportsServe() {
    WasmModule module = module(new Bytes());
    assertNull(module.name());
    assertEquals("env.puts", module.functionName(0));
    assertEquals("exported", module.functionName(1));
    assertNull(module.functionName(2));
  }

  @Test
  void aBrokenSectionIsNoErrorAndWhatCameBeforeIsKept() {
    Bytes pairs = new Bytes().unsigned(0).name("zero").unsigned(1).add(50, 'x');
    assertEquals("zero", module(functionNames(pairs, 2)).functionName(0));
    assertEquals("exported", module(functionNames(pairs, 2)).functionName(1));
    Bytes outOfRange = new Bytes().unsigned(0xFFFFFFFFL).name("no").unsigned(7).name("no");
    assertNull(module(functionNames(outOfRange, 2)).functionName(2));
    WasmModule illFormed = module(functionNames(new Bytes().unsigned(2).add(1, 0xFF), 1));
    assertNull(illFormed.functionName(2));
    assertNull(module(new Bytes().add(0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F)).name());
    assertNull(module(new Bytes().add(0, 9, 1, 'a')).name());
  }
}
