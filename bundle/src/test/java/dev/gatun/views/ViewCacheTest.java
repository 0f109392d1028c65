package dev.gatun.views;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.gatun.Imports;
import dev.gatun.Instance;
import dev.gatun.Module;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What is made once for an interface and a module: by one thread of many, and kept no longer than both. */
final class ViewCacheTest {
  private static final String ADD =
      """
      (module
        (import "env" "next" (func $next (param i32) (result i32)))
        (func (export "add") (param i32 i32) (result i32) (call $next (i32.add (local.get 0) (local.get 1)))))
      """;

  interface Adder {
    int add(int a, int b);
  }

  private static Imports imports() {
    return Imports.builder().object("env", new ForeignHost()).build();
  }

  @Test
  void threadsShareTheClass() throws Exception {
    try (Module module = Guest.module(ADD);
        Module other = Guest.module(ADD)) {
      Imports imports = imports();
      List<Callable<Class<?>>> tasks = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        int a = i;
        tasks.add(() -> {
          try (Instance instance = module.instantiate(imports)) {
            Adder view = instance.as(Adder.class);
            assertEquals(a + 3, view.add(a, 2));
            return view.getClass();
          }
        });
      }
      Class<?> first = null;
      try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
        for (Future<Class<?>> future : threads.invokeAll(tasks)) {
          first = first == null ? future.get() : first;
          assertSame(first, future.get());
        }
      }
      try (Instance instance = other.instantiate(imports)) {
        assertNotSame(first, instance.as(Adder.class).getClass());
      }
    }
  }

  /** Runs the collector until a reference is cleared, or for ten seconds. */
  private static void awaitCleared(WeakReference<?> reference) throws InterruptedException {
    long end = System.nanoTime() + 10_000_000_000L;
    while (reference.get() != null && System.nanoTime() < end) {
      System.gc();
      Thread.sleep(20);
    }
    assertNull(reference.get());
  }

  private static WeakReference<Module> useAModule() {
    Module module = Guest.module(ADD);
    try (Instance instance = module.instantiate(imports())) {
      assertEquals(4, instance.as(Adder.class).add(1, 2));
    }
    module.close();
    return new WeakReference<>(module);
  }

  @Test
  void anInterfaceKeepsNoModule() throws Exception {
    awaitCleared(useAModule());
  }

  /** Defines its own copy of the test's interfaces. */
  private static final class Loader extends ClassLoader {
    Loader() {
      super(ViewCacheTest.class.getClassLoader());
    }

    Class<?> define(Class<?> original) throws IOException {
      String file = "/" + original.getName().replace('.', '/') + ".class";
      try (InputStream in = ViewCacheTest.class.getResourceAsStream(file)) {
        byte[] bytes = in.readAllBytes();
        return defineClass(original.getName(), bytes, 0, bytes.length);
      }
    }
  }

  private static WeakReference<ClassLoader> useALoader(Module module) throws Exception {
    Loader loader = new Loader();
    Class<?> host = loader.define(ForeignHost.class);
    Imports imports = Imports.builder().object("env", host.getConstructor().newInstance()).build();
    try (Instance instance = module.instantiate(imports)) {
      assertEquals(4, instance.function("add").call(1, 2));
      assertNotSame(ForeignHost.class, host);
      Class<?> type = loader.define(ForeignAdder.class);
      Object view = type.getMethod("of", Instance.class).invoke(null, instance);
      assertEquals(5, type.getMethod("add", int.class, int.class).invoke(view, 2, 2));
      assertSame(loader, view.getClass().getClassLoader());
    }
    return new WeakReference<>(loader);
  }

  @Test
  void aModuleKeepsNoClassLoader() throws Exception {
    try (Module module = Guest.module(ADD)) {
      WeakReference<ClassLoader> loader = useALoader(module);
      awaitCleared(loader);
      // The module is in use as before.
      try (Instance instance = module.instantiate(imports())) {
        assertEquals(4, instance.as(Adder.class).add(1, 2));
      }
    }
  }
}
