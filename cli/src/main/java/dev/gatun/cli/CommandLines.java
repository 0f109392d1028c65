package dev.gatun.cli;

import java.io.PrintWriter;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command and its subcommands, for picocli: everything but reading the command line of {@code run}. */
final class CommandLines {
  private CommandLines() {}

  /** Runs a command line; returns its exit code. */
  static int execute(String... words) {
    return create().execute(words);
  }

  static CommandLine create() {
    CommandLine gatun = new CommandLine(new Top());
    gatun.addSubcommand("run", run());
    gatun.addSubcommand("compile", new CompileCommand());
    gatun.addSubcommand("cache", new CacheCommand());
    gatun.addSubcommand("inspect", new InspectCommand());
    gatun.addSubcommand("validate", new ValidateCommand());
    gatun.addSubcommand("print", new PrintCommand());
    gatun.addSubcommand("parse", new ParseCommand());
    gatun.addSubcommand("wast", new WastCommand());
    gatun.addSubcommand("completion", new Completion());
    gatun.addSubcommand("help", new CommandLine.HelpCommand());
    gatun.setExpandAtFiles(false);
    gatun.setCaseInsensitiveEnumValuesAllowed(true);
    gatun.setUsageHelpAutoWidth(true);
    gatun.setParameterExceptionHandler(CommandLines::tellWrong);
    return gatun;
  }

  /** Tells in two lines what is wrong with a command line. */
  private static int tellWrong(CommandLine.ParameterException wrong, String[] words) {
    CommandLine command = wrong.getCommandLine();
    PrintWriter err = command.getErr();
    String name = command.getCommandSpec().qualifiedName();
    err.println(name + ": " + wrong.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(wrong, err);
    err.println("'" + name + " --help' tells more.");
    return ExitCode.USAGE;
  }

  /** The subcommand {@code run}, made of the table of its options; for help and completion only. */
  private static CommandSpec run() {
    CommandSpec spec = CommandSpec.create();
    spec.usageMessage()
        .description(
            "Run a WebAssembly program with WASI preview 1.",
            "",
            "A package of npm is fetched from your npm registry, checked and kept. What follows FILE belongs to the"
                + " guest. It"
                + " has the standard streams, the clocks and random numbers, and no directory or variable that is not"
                + " given to"
                + " it.")
        .parameterListHeading("%n")
        .optionListHeading("%n")
        .sortOptions(false)
        .customSynopsis("gatun run [options] FILE [ARGS...]")
        .footer(
            "",
            "Exit codes: that of the guest; 134 if it traps; 126 if FILE can't be run; 127 if it is not found; 2 for"
                + " a wrong"
                + " command line.");
    for (RunOption option : RunOption.values()) {
      OptionSpec.Builder builder = OptionSpec.builder(option.option()).description(option.description());
      if (option == RunOption.HELP) {
        builder.names("-h", option.option()).usageHelp(true);
      }
      if (option.parameter() != null) {
        builder
            .paramLabel(option.parameter())
            .arity(option.isValueOptional() ? "0..1" : "1")
            .type(option.isRepeatable() ? String[].class : String.class)
            .completionCandidates(java.util.List.of());
      }
      spec.addOption(builder.build());
    }
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("0")
            .paramLabel("FILE")
            .type(java.io.File.class)
            .required(true)
            .description("A module, or npm:PACKAGE[@VERSION][/PATH-IN-PACKAGE].")
            .build());
    spec.addPositional(
        PositionalParamSpec.builder()
            .index("1..*")
            .paramLabel("ARGS")
            .type(String[].class)
            .description("The guest's arguments.")
            .build());
    spec.parser().stopAtPositional(true).separator(" ");
    return spec;
  }

  /** The version that the build put into the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"gatun " + (version == null ? "(not from a jar)" : version)};
    }
  }

  @Command(
      name = "gatun",
      description = "Runs WebAssembly on the JVM, as machine code.",
      optionListHeading = "%n",
      commandListHeading = "%nCommands:%n",
      synopsisSubcommandLabel = "COMMAND",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      versionProvider = Version.class,
      footer = {"", "'gatun COMMAND --help' tells more about a command."})
  static final class Top implements Runnable {
    @Spec private CommandSpec spec;

    @Override
    public void run() {
      throw new CommandLine.ParameterException(spec.commandLine(), "a command is missing");
    }
  }

  @Command(
      name = "completion",
      description = "Print a completion script for bash and zsh; use it with: source <(gatun completion)",
      optionListHeading = "%n")
  static final class Completion implements Runnable {
    @Spec private CommandSpec spec;

    @Option(
        names = {"-h", "--help"},
        usageHelp = true,
        description = "Show this help.")
    private boolean help;

    @Override
    public void run() {
      PrintWriter out = spec.commandLine().getOut();
      out.print(AutoComplete.bash("gatun", spec.root().commandLine()));
      out.flush();
    }
  }
}
