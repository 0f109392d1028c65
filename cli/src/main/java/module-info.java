/** The {@code gatun} command. */
module dev.gatun.cli {
  requires static org.jspecify;
  requires dev.gatun;
}
