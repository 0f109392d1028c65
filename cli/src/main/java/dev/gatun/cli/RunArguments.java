package dev.gatun.cli;

import dev.gatun.Limits;
import dev.gatun.Profile;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The command line of {@code gatun run}, read.
 *
 * @param help whether only help is wanted; the rest means nothing then
 * @param file the program: a path, or {@code npm:...}
 * @param arguments what follows FILE, which belongs to the guest
 * @param mounts the directories that the guest gets, in order
 * @param environment the guest's variables, as K=V, in order
 * @param invoke the function to call, or null for the program
 * @param limits what the guest may use
 * @param listeners where the guest gets sockets that listen
 * @param maxThreads how many threads the guest may have, or 0 for the default
 * @param trapUnknownImports whether functions that are missing are let pass until they are called
 * @param coreDump where to write a core dump at a trap, or null for nowhere
 * @param perfMap whether perf is told the names of functions
 * @param allowPrecompiled whether the code in what was compiled beforehand is trusted
 * @param cache whether code of earlier runs is used and kept
 * @param verbose whether it is told what comes of that
 * @param profile the file to write a profile to, or null
 * @param profileRate samples of the profile a second
 */
record RunArguments(
    boolean help,
    String file,
    List<String> arguments,
    List<Mount> mounts,
    List<String> environment,
    @Nullable String invoke,
    Limits limits,
    List<InetSocketAddress> listeners,
    int maxThreads,
    boolean trapUnknownImports,
    @Nullable String coreDump,
    boolean perfMap,
    boolean allowPrecompiled,
    boolean cache,
    boolean verbose,
    @Nullable String profile,
    int profileRate) {

  /** What {@link Limits.Builder#stack} takes. */
  private static final long MIN_STACK = 64L << 10;

  private static final long MAX_STACK = 4L << 30;

  /** The most bytes of memory that can be asked for: more than any machine has. */
  private static final long MAX_MEMORY = 1L << 50;

  private static final String DEFAULT_PROFILE = "profile.html";
  private static final int DEFAULT_RATE = 1000;
  private static final int MAX_RATE = 10_000;

  /**
   * Reads a command line.
   *
   * @param words the command line
   * @param start index of the first word after {@code run}
   * @throws UsageException if it is wrong
   */
  static RunArguments parse(String[] words, int start) throws UsageException {
    boolean help = false;
    List<Mount> mounts = new ArrayList<>();
    List<String> environment = new ArrayList<>();
    String invoke = null;
    Limits.Builder limits = Limits.builder().refuseGrowth();
    List<InetSocketAddress> listeners = new ArrayList<>();
    int maxThreads = 0;
    boolean trapUnknownImports = false;
    String coreDump = null;
    boolean perfMap = false;
    boolean allowPrecompiled = false;
    boolean cache = true;
    boolean verbose = false;
    String profile = null;
    int profileRate = DEFAULT_RATE;
    int at = start;
    while (at < words.length && words[at].startsWith("-")) {
      String word = words[at++];
      if (word.equals("--")) {
        break;
      }
      int equals = word.indexOf('=');
      String name = equals < 0 ? word : word.substring(0, equals);
      RunOption option = RunOption.find(name);
      if (option == null) {
        throw new UsageException("unknown option '" + name + "'; options of the guest go after FILE");
      }
      String value = equals < 0 ? null : word.substring(equals + 1);
      if (option.parameter() != null && value == null && !option.isValueOptional()) {
        if (at == words.length) {
          throw new UsageException(name + " needs a value: " + name + " " + option.parameter());
        }
        value = words[at++];
      }
      switch (option) {
        case HELP -> help = true;
        case DIR -> mounts.add(Mount.parse(nonNull(value)));
        case ENV -> addVariable(environment, nonNull(value));
        case INVOKE -> invoke = nonNull(value);
        case STACK_SIZE -> limits.stack(size(name, nonNull(value), MIN_STACK, MAX_STACK));
        case MAX_MEMORY -> limits.memory(size(name, nonNull(value), 0, MAX_MEMORY));
        case FUEL -> limits.fuel(count(name, nonNull(value), Long.MAX_VALUE));
        case TIMEOUT -> limits.timeout(time(name, nonNull(value)));
        case LISTEN -> listeners.add(address(nonNull(value)));
        case MAX_THREADS -> maxThreads = (int) count(name, nonNull(value), Integer.MAX_VALUE);
        case CORE_DUMP -> coreDump = nonNull(value);
        case PERF_MAP -> perfMap = true;
        case ALLOW_PRECOMPILED -> allowPrecompiled = true;
        case NO_CACHE -> cache = false;
        case VERBOSE -> verbose = true;
        case UNKNOWN_IMPORTS -> trapUnknownImports = isTrap(name, nonNull(value));
        case PROFILE -> profile = profileFile(value == null ? DEFAULT_PROFILE : value);
        case PROFILE_RATE -> profileRate = (int) count(name, nonNull(value), MAX_RATE);
      }
    }
    if (at == words.length && !help) {
      throw new UsageException("FILE is missing: gatun run [options] FILE [args...]");
    }
    List<String> arguments = new ArrayList<>();
    for (int i = at + 1; i < words.length; i++) {
      arguments.add(words[i]);
    }
    return new RunArguments(
        help, help ? "" : words[at], arguments, mounts, environment, invoke, limits.build(), listeners,
        maxThreads, trapUnknownImports, coreDump, perfMap, allowPrecompiled, cache, verbose, profile, profileRate);
  }

  private static String profileFile(String name) throws UsageException {
    if (Profile.Format.of(name) == null) {
      throw new UsageException(
          "--profile=" + name + ": the name must end in .html (flame graph), .json or .json.gz (Firefox Profiler), or"
              + " .txt or .folded (collapsed stacks)");
    }
    return name;
  }

  /** Reads {@code [HOST:]PORT}. */
  private static InetSocketAddress address(String text) throws UsageException {
    int colon = text.lastIndexOf(':');
    int port = -1;
    try {
      port = Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      // Reported with the numbers that are out of range.
    }
    if (port < 0 || port > 0xffff || colon == 0) {
      throw new UsageException("--listen " + text + ": expected HOST:PORT or PORT, e.g. 127.0.0.1:8080");
    }
    String host = colon < 0 ? "127.0.0.1" : text.substring(0, colon);
    return new InetSocketAddress(host, port);
  }

  private static long count(String option, String text, long most) throws UsageException {
    long count = 0;
    try {
      count = Long.parseLong(text);
    } catch (NumberFormatException e) {
      // Reported with the numbers that are out of range.
    }
    if (count < 1 || count > most) {
      throw new UsageException(option + " " + text + ": expected a number from 1 to " + most);
    }
    return count;
  }

  private static boolean isTrap(String option, String text) throws UsageException {
    return switch (text) {
      case "trap" -> true;
      case "error" -> false;
      default -> throw new UsageException(option + " " + text + ": expected trap or error");
    };
  }

  private static String nonNull(@Nullable String value) {
    if (value == null) {
      throw new AssertionError("an option that takes a value has one");
    }
    return value;
  }

  /** Adds K=V; of K alone the value outside, or nothing if there is none. */
  private static void addVariable(List<String> environment, String text) throws UsageException {
    int equals = text.indexOf('=');
    if (text.isEmpty() || equals == 0) {
      throw new UsageException("--env " + text + ": expected K=V, or K to pass a variable on");
    }
    if (equals > 0) {
      environment.add(text);
    } else {
      String value = System.getenv(text);
      if (value != null) {
        environment.add(text + "=" + value);
      }
    }
  }

  /** Reads a time. */
  private static Duration time(String option, String text) throws UsageException {
    int end = text.length();
    while (end > 0 && !Character.isDigit(text.charAt(end - 1))) {
      end--;
    }
    long unit =
        switch (text.substring(end)) {
          case "ms" -> 1;
          case "", "s" -> 1000;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          default -> 0;
        };
    long number = 0;
    try {
      number = Long.parseLong(text.substring(0, end));
    } catch (NumberFormatException e) {
      // Reported with the numbers that are out of range.
    }
    if (unit == 0 || number < 1 || number > Long.MAX_VALUE / unit) {
      throw new UsageException(option + " " + text + ": expected a time above 0, e.g. 30, 500ms, 5m or 1h");
    }
    return Duration.ofMillis(number * unit);
  }

  /** Reads a size: a number of bytes, or of KiB, MiB or GiB. */
  static long size(String option, String text, long least, long most) throws UsageException {
    int end = text.length();
    int shift =
        switch (end == 0 ? ' ' : text.charAt(end - 1)) {
          case 'k', 'K' -> 10;
          case 'm', 'M' -> 20;
          case 'g', 'G' -> 30;
          default -> 0;
        };
    long number = -1;
    try {
      number = Long.parseLong(text.substring(0, shift == 0 ? end : end - 1));
    } catch (NumberFormatException e) {
      // Reported with the numbers that are out of range.
    }
    if (number < 0 || number > most >> shift || number << shift < least) {
      throw new UsageException(
          option + " " + text + ": expected a size from " + printed(least) + " to " + printed(most) + ", e.g. 8M");
    }
    return number << shift;
  }

  private static String printed(long size) {
    String units = "KMGTP";
    String printed = Long.toString(size);
    for (int i = 0; i < units.length() && size >= 1024; i++) {
      size >>= 10;
      printed = size + units.substring(i, i + 1);
    }
    return printed;
  }
}
