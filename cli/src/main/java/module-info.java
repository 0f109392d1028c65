/** The {@code gatun} command. */
module dev.gatun.cli {
  requires static org.jspecify;
  requires dev.gatun;
  requires com.fasterxml.jackson.jr.ob;
  requires info.picocli;
  requires java.management;
  requires java.net.http;
  requires jdk.zipfs;
  requires org.apache.commons.compress;

  opens dev.gatun.cli to
      info.picocli;
}
