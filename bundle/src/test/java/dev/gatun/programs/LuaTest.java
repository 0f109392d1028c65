package dev.gatun.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lua, whose errors are exceptions of wasm. */
class LuaTest {
  private static final String SCRIPT =
      """
      print(_VERSION, pcall(error, "oops"))
      local function down(n) if n == 0 then error({code = 7}) end return down(n - 1) + 1 end
      local ok, e = pcall(down, 50)
      print(ok, e.code)
      local next = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end error("dead") end)
      print(next(), next(), next(), pcall(next))
      print(select(2, pcall(function() local x = nil; return x.y end)))
      print(pcall(pcall, error, "inner"))
      local count = 0
      for i = 1, 10000 do if not pcall(error, i) then count = count + 1 end end
      print(count, string.format("%.2f", math.pi), (string.gsub("hello", "l", "L")))
      local function deep() return deep() + 1 end
      print(pcall(deep))
      local file = assert(io.open("/data/out", "w"))
      file:write("written"):close()
      print(io.open("/data/none"))
      error("the end")
      """;

  @Test
  void errorsAreCaught(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve("script.lua"), SCRIPT);
    try (Engine engine = Engine.create();
        Module module = engine.compile(Programs.c("lua"))) {
      Run run = new Run("lua", "/data/script.lua").directory(folder, "/data", false);
      assertEquals(1, run.of(module), run.toString());
      String[] lines = run.out().split("\n");
      assertEquals("Lua 5.4\tfalse\toops", lines[0]);
      assertEquals("false\t7", lines[1]);
      assertEquals("1\t2\t3\tfalse\t/data/script.lua:5: dead", lines[2]);
      assertEquals("/data/script.lua:7: attempt to index a nil value (local 'x')", lines[3]);
      assertEquals("true\tfalse\tinner", lines[4]);
      assertEquals("10000\t3.14\theLLo", lines[5]);
      assertTrue(lines[6].startsWith("false\t/data/script.lua:12: stack overflow"), lines[6]);
      assertEquals("nil\t/data/none: No such file or directory\t44", lines[7]);
      assertTrue(run.err().startsWith("lua: /data/script.lua:17: the end\nstack traceback:\n"), run.err());
    }
    assertEquals("written", Files.readString(folder.resolve("out")));
  }
}
