package dev.gatun.programs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.gatun.Engine;
import dev.gatun.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tests that come with CPython, of modules that make sense without processes and networks.
 * {@code -Dgatun.python.library} names others, or fewer, between commas.
 */
class PythonLibraryTest {
  private static final String MODULES =
      "json,dict,list,string,tuple,textwrap,heapq,bisect,collections,operator,calendar,binascii,zlib,fnmatch,copy,"
          + "copyreg,generators,genexps,listcomps,types,int,float,complex,ucn,index,descr,class,with,augassign,html,"
          + "stringprep,uuid,difflib,pprint,keyword,unpack,unpack_ex,scope,super,property,cmath,hmac,secrets,sched";

  @TempDir private Path folder;

  @TestFactory
  List<DynamicTest> modules() throws IOException {
    Path tests = Programs.pythonTests();
    Path python = Programs.python();
    List<DynamicTest> found = new ArrayList<>();
    for (String name : System.getProperty("gatun.python.library", MODULES).split(",")) {
      found.add(DynamicTest.dynamicTest(name, () -> passes(python, tests, name)));
    }
    return found;
  }

  private void passes(Path python, Path tests, String name) throws IOException {
    Path temporary = Files.createTempDirectory(folder, name);
    try (Engine engine = Engine.create();
        Module module = engine.compile(python)) {
      Run run =
          new Run("python", "-B", "-m", "unittest", "test.test_" + name)
              .env("PYTHONPATH", "/lib")
              .env("TMPDIR", "/tmp")
              .directory(tests, "/lib", true)
              .directory(temporary, "/tmp", false);
      assertEquals(0, run.of(module), run::toString);
      assertTrue(run.err().contains("\nOK"), run::toString);
    }
  }
}
