package dev.gatun.cli;

import dev.gatun.Func;
import dev.gatun.FuncType;
import dev.gatun.ValType;
import java.io.PrintStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A function called from the command line: arguments are read by its type, results are printed one a line. */
final class InvokedFunction {
  private final String name;
  private final Func function;
  private final FuncType type;

  InvokedFunction(String name, Func function) {
    this.name = name;
    this.function = function;
    this.type = function.type();
  }

  /**
   * Calls the function and prints its results.
   *
   * @throws UsageException if the words are no arguments for it
   */
  void call(List<String> words, PrintStream out) throws UsageException {
    @Nullable Object[] arguments = arguments(words);
    Object result = function.call(arguments);
    if (result instanceof Object[] several) {
      for (Object one : several) {
        out.println(one);
      }
    } else if (!type.results().isEmpty()) {
      out.println(result);
    }
  }

  private @Nullable Object[] arguments(List<String> words) throws UsageException {
    int count = type.params().size();
    if (words.size() != count) {
      throw new UsageException(name + " has the type " + type + ": expected " + count + " arguments, found "
          + words.size());
    }
    @Nullable Object[] arguments = new Object[count];
    for (int i = 0; i < count; i++) {
      arguments[i] = argument(words.get(i), type.params().get(i));
    }
    return arguments;
  }

  private Object argument(String word, ValType valType) throws UsageException {
    if (!(valType instanceof ValType.NumberType number)) {
      throw new UsageException(name + " has the type " + type + ": a " + valType
          + " can't be given on the command line");
    }
    try {
      return switch (number) {
        case I32 -> {
          long value = Long.decode(word);
          if (value < Integer.MIN_VALUE || value > 0xffff_ffffL) {
            throw new NumberFormatException();
          }
          yield (int) value;
        }
        case I64 -> word.startsWith("-") ? (Object) Long.decode(word) : (Object) unsigned(word);
        case F32 -> Float.parseFloat(word);
        case F64 -> Double.parseDouble(word);
      };
    } catch (NumberFormatException e) {
      throw new UsageException(name + " has the type " + type + ": '" + word + "' is no " + valType);
    }
  }

  private static long unsigned(String word) {
    return word.startsWith("0x") ? Long.parseUnsignedLong(word.substring(2), 16) : Long.parseUnsignedLong(word);
  }
}
