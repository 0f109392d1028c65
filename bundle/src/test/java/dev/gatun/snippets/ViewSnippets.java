package dev.gatun.snippets;

import dev.gatun.Allocator;
import dev.gatun.BindingException;
import dev.gatun.Borrowed;
import dev.gatun.Export;
import dev.gatun.Instance;

/** Of views. */
final class ViewSnippets {
  private ViewSnippets() {}

  // @start region="interface"
  public interface Calculator extends AutoCloseable {
    int add(int a, int b);

    @Export("is-even")
    boolean isEven(int a);

    Quotient divide(int dividend, int divisor); // two results

    record Quotient(int quotient, int remainder) {}

    @Override
    void close(); // closes the instance
  }

  // @end

  static void calculate(Instance instance) {
    // @start region="view"
    try (Calculator calculator = instance.as(Calculator.class)) {
      System.out.println(calculator.add(2, 3));
      System.out.println(calculator.isEven(4));
      System.out.println(calculator.divide(17, 5).remainder());
    }
    // @end
  }

  // @start region="strings"
  @Allocator(allocate = "alloc", free = "dealloc")
  public interface Greeter {
    String greet(String name); // copied into the guest, the answer copied out of it, both freed

    @Borrowed
    String version(); // a constant of the guest's, not freed
  }

  // @end

  static void greet(Instance instance) {
    Greeter greeter = instance.as(Greeter.class);
    System.out.println(greeter.greet("wörld") + ", version " + greeter.version());
  }

  static void mistake(Instance instance) {
    // @start region="mistake"
    try {
      instance.as(Greeter.class);
    } catch (BindingException e) {
      e.mistakes().forEach(System.err::println);
    }
    // @end
  }
}
