package dev.gatun;

import dev.gatun.profile.CollapsedFormat;
import dev.gatun.profile.FirefoxFormat;
import dev.gatun.profile.FlameGraphFormat;
import dev.gatun.profile.FunctionTimes;
import dev.gatun.profile.ProfileData;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Profiler} has seen. Immutable and thread-safe.
 *
 * {@snippet class="dev.gatun.snippets.LimitsSnippets" region="profile"}
 */
public final class Profile {
  /** How a profile is written. */
  public enum Format {
    /** A page of HTML with a flame graph, which needs nothing but a browser: no server, no network. */
    FLAME_GRAPH(".html", ".htm"),
    /** JSON for the Firefox Profiler: call trees and time lines at profiler.firefox.com, which sends no file away. */
    FIREFOX(".json", ".json.gz"),
    /** Collapsed stacks, a line for each: functions with semicolons between them, a space, and the samples. */
    COLLAPSED(".txt", ".folded", ".collapsed");

    private final String[] suffixes;

    Format(String... suffixes) {
      this.suffixes = suffixes;
    }

    /** The format that a file's name ends in, or null. */
    public static @Nullable Format of(String fileName) {
      for (Format format : values()) {
        for (String suffix : format.suffixes) {
          if (fileName.endsWith(suffix)) {
            return format;
          }
        }
      }
      return null;
    }
  }

  /**
   * The samples of a function.
   *
   * @param name of the function; of a host function that of its import; in brackets what the engine itself did
   * @param module the module's name, if it is a function of wasm and the module has one
   * @param self samples in the function itself
   * @param total samples in the function or in what it called; a function that called itself counts once
   */
  public record Function(String name, @Nullable String module, long self, long total) {}

  private final ProfileData data;

  Profile(ProfileData data) {
    this.data = data;
  }

  /** How long was sampled. */
  public Duration duration() {
    return data.duration();
  }

  /** The time that one sample stands for. */
  public Duration interval() {
    return data.interval();
  }

  /** How many samples there are. */
  public long samples() {
    return data.total();
  }

  /** The functions, those with the most samples of their own first. Inlined functions are functions too. */
  public List<Function> functions() {
    List<Function> functions = new ArrayList<>();
    for (FunctionTimes.Row row : FunctionTimes.of(data)) {
      functions.add(new Function(row.frame().function(), row.frame().module(), row.self(), row.total()));
    }
    return List.copyOf(functions);
  }

  /** Writes the profile. */
  public void write(Format format, Appendable out) throws IOException {
    switch (format) {
      case FLAME_GRAPH -> FlameGraphFormat.write(data, out);
      case FIREFOX -> FirefoxFormat.write(data, out);
      case COLLAPSED -> CollapsedFormat.write(data, out);
    }
  }

  /**
   * Writes the profile to a file in the format that its name ends in: .html a flame graph, .json or .json.gz for the
   * Firefox Profiler, .txt or .folded collapsed stacks.
   *
   * @throws IllegalArgumentException if the name ends in none of these
   * @throws IOException if the file can't be written
   */
  public void write(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    Format format = Format.of(name);
    if (format == null) {
      throw new IllegalArgumentException(
          "a profile can't be written to " + file + ": the name must end in .html (flame graph), .json or .json.gz"
              + " (Firefox Profiler), or .txt or .folded (collapsed stacks)");
    }
    try (OutputStream plain = Files.newOutputStream(file);
        OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(plain) : plain;
        Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8))) {
      write(format, writer);
    }
  }
}
