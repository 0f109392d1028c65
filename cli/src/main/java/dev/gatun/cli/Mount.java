package dev.gatun.cli;

/**
 * A directory of the host that the guest gets.
 *
 * @param host its path on the host
 * @param guest its name in the guest
 * @param readOnly whether the guest may only read
 */
record Mount(String host, String guest, boolean readOnly) {
  private static final String READ_ONLY = ":ro";
  private static final String SEPARATOR = "::";

  /**
   * Reads {@code HOST[::GUEST][:ro]}. Without GUEST the guest's name is HOST as it is written.
   *
   * @throws UsageException if a part is empty
   */
  static Mount parse(String text) throws UsageException {
    boolean readOnly = text.endsWith(READ_ONLY);
    String paths = readOnly ? text.substring(0, text.length() - READ_ONLY.length()) : text;
    int separator = paths.indexOf(SEPARATOR);
    String host = separator < 0 ? paths : paths.substring(0, separator);
    String guest = separator < 0 ? paths : paths.substring(separator + SEPARATOR.length());
    if (host.isEmpty() || guest.isEmpty()) {
      throw new UsageException("--dir " + text + ": expected HOST[::GUEST][:ro], e.g. --dir /srv/data::/data:ro");
    }
    return new Mount(host, guest, readOnly);
  }
}
