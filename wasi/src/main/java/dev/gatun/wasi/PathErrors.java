package dev.gatun.wasi;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.ReadOnlyFileSystemException;

/** What exceptions of {@code java.nio.file} become for the guest. */
final class PathErrors {
  private PathErrors() {}

  static WasiError of(IOException e) {
    return new WasiError(
        switch (e) {
          case NoSuchFileException ignored -> Errno.NOENT;
          case FileAlreadyExistsException ignored -> Errno.EXIST;
          case DirectoryNotEmptyException ignored -> Errno.NOTEMPTY;
          case NotDirectoryException ignored -> Errno.NOTDIR;
          case NotLinkException ignored -> Errno.INVAL;
          case FileSystemLoopException ignored -> Errno.LOOP;
          case AtomicMoveNotSupportedException ignored -> Errno.XDEV;
          case AccessDeniedException ignored -> Errno.ACCES;
          case ClosedByInterruptException ignored -> Errno.INTR;
          case SocketTimeoutException ignored -> Errno.TIMEDOUT;
          case InterruptedIOException ignored -> Errno.INTR;
          case ClosedChannelException ignored -> Errno.BADF;
          default -> Errno.IO;
        });
  }

  static WasiError of(RuntimeException e) {
    return switch (e) {
      case WasiError error -> error;
      case ReadOnlyFileSystemException ignored -> new WasiError(Errno.ROFS);
      case NonReadableChannelException ignored -> new WasiError(Errno.BADF);
      case NonWritableChannelException ignored -> new WasiError(Errno.BADF);
      case UnsupportedOperationException ignored -> new WasiError(Errno.NOTSUP);
      case InvalidPathException ignored -> new WasiError(Errno.INVAL);
      case SecurityException ignored -> new WasiError(Errno.ACCES);
      case IllegalArgumentException ignored -> new WasiError(Errno.NOTSUP);
      default -> throw e;
    };
  }
}
