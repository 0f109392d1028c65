package dev.gatun.fuzz;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is being tried, kept in a file that outlives the JVM that writes it. For one thread. */
final class Journal {
  private static final int SIZE = 4096;

  private final MappedByteBuffer page;

  /** A journal in a file, which is created. */
  Journal(Path file) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      page = access.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, SIZE);
    }
  }

  /** Notes what is tried from now on. */
  void note(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer start = page.duplicate();
    start.position(2).put(bytes, 0, Math.min(bytes.length, SIZE - 2));
    page.putShort(0, (short) bytes.length);
  }

  /** What was noted last in a file. */
  static String read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    byte[] text = new byte[Math.min(bytes.getShort(), SIZE - 2)];
    bytes.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }
}
