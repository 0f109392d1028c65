package dev.gatun.wasi;

import java.io.InputStream;
import java.io.OutputStream;

/** What a guest's file descriptor stands for. */
sealed interface Descriptor {
  /** Gives back what it holds. */
  default void close() {}

  /** A file, directory or stream of the host. */
  sealed interface Host extends Descriptor {
    /** The host's descriptor. */
    int fd();
  }

  /** One of the process's own standard streams, which is not ours to close. */
  record Inherited(int fd) implements Host {}

  /** An open file, or anything else that is not a directory. */
  record File(int fd, boolean readOnly, boolean readable, boolean writable) implements Host {
    @Override
    public void close() {
      HostFiles.close(fd);
    }
  }

  /**
   * An open directory.
   *
   * @param preopen the name under which the guest was given it, or empty if the guest opened it
   * @param readOnly whether nothing below it may be changed
   */
  record Directory(int fd, String preopen, boolean readOnly) implements Host {
    @Override
    public void close() {
      HostFiles.close(fd);
    }
  }

  /** A Java stream to read from. */
  record Input(InputStream stream) implements Descriptor {}

  /** A Java stream to write to. */
  record Output(OutputStream stream) implements Descriptor {}
}
