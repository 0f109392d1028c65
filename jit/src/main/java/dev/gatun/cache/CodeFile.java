package dev.gatun.cache;

import dev.gatun.runtime.CodeImage;
import dev.gatun.runtime.CompiledModule;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A file with the code of a module: of the functions that some process has compiled, or, if it is an artifact, of all,
 * with the module itself. All numbers have their lowest byte first.
 *
 * <table>
 * <caption>The parts</caption>
 * <tr><td>0</td><td>{@link #MAGIC}</td></tr>
 * <tr><td>8</td><td>{@link #FORMAT}: another one is another format altogether</td></tr>
 * <tr><td>12</td><td>CRC-32C of all that follows but the code</td></tr>
 * <tr><td>16</td><td>size of the file, 8 bytes</td></tr>
 * <tr><td>24</td><td>flags</td></tr>
 * <tr><td>28</td><td>number of functions</td></tr>
 * <tr><td>32</td><td>words of tables of handlers</td></tr>
 * <tr><td>36</td><td>bytes of tables of program counters</td></tr>
 * <tr><td>40</td><td>bytes of the {@link Variant}</td></tr>
 * <tr><td>44</td><td>bytes of the module that are in the file: all or none</td></tr>
 * <tr><td>48</td><td>bytes of code</td></tr>
 * <tr><td>52</td><td>bytes of the module</td></tr>
 * <tr><td>56</td><td>CRC-32C of the code</td></tr>
 * <tr><td>60</td><td>4 bytes of zeros</td></tr>
 * <tr><td>64</td><td>SHA-256 of the module</td></tr>
 * <tr><td>96</td><td>the rows of the {@link CodeImage}, its tables of handlers, its tables of program counters, the
 * variant; the module; the code</td></tr>
 * </table>
 *
 * <p>The checksums guard against what disks and crashes do. They are no defence against whoever can write the file:
 * that is what owner and permissions are for.
 */
public final class CodeFile implements CompiledModule.CodeReader, AutoCloseable {
  /** Not a module's, not text, and damaged by whatever takes it for text. */
  private static final byte[] MAGIC = {0x7f, 'g', 'a', 't', 'u', 'n', '\r', '\n'};

  /** Bytes by which one may be told from a module. */
  public static final int MAGIC_SIZE = 8;

  private static final int FORMAT = 1;

  private static final int CHECKSUM = 12;
  private static final int SIZE = 16;
  private static final int FLAGS = 24;
  private static final int FUNCTIONS = 28;
  private static final int HANDLER_WORDS = 32;
  private static final int TABLE_BYTES = 36;
  private static final int VARIANT_BYTES = 40;
  private static final int WASM_BYTES = 44;
  private static final int CODE_BYTES = 48;
  private static final int MODULE_BYTES = 52;
  private static final int CODE_CHECKSUM = 56;
  private static final int DIGEST = 64;
  private static final int HEADER_SIZE = DIGEST + ModuleDigest.SIZE;

  /** A flag: what {@link dev.gatun.wasm.WasmModule#tailCallsOut} is. */
  private static final int TAIL_CALLS_OUT = 1;

  private final OpenFile file;
  private final FileStatus status;
  private final byte[] header;
  private final String variant;
  private final CodeImage image;
  private final long codeStart;
  private byte @Nullable [] wasm;

  private CodeFile(
      OpenFile file,
      FileStatus status,
      byte[] header,
      String variant,
      CodeImage image,
      long codeStart,
      byte @Nullable [] wasm) {
    this.file = file;
    this.status = status;
    this.header = header;
    this.variant = variant;
    this.image = image;
    this.codeStart = codeStart;
    this.wasm = wasm;
  }

  private static int checksum(byte[] bytes, int from, int to) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, from, to - from);
    return (int) sum.getValue();
  }

  /** Whether bytes begin as an artifact does. */
  public static boolean isMagic(byte[] bytes) {
    return bytes.length >= MAGIC.length && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /** The module in an artifact that has been read as a whole; null if that is damaged or has another format. */
  public static byte @Nullable [] wasm(byte[] artifact) {
    if (artifact.length >= HEADER_SIZE && word(artifact, 8) == FORMAT) {
      long start = headSize(artifact);
      int length = word(artifact, WASM_BYTES);
      if (start >= 0 && length > 0 && start + length <= artifact.length) {
        if (checksum(artifact, SIZE, (int) start + length) == word(artifact, CHECKSUM)) {
          return Arrays.copyOfRange(artifact, (int) start, (int) start + length);
        }
      }
    }
    return null;
  }

  private static int word(byte[] bytes, int at) {
    return bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8 | (bytes[at + 2] & 0xff) << 16 | bytes[at + 3] << 24;
  }

  /** Bytes of all that stands before the module and the code; negative if there can't be as many. */
  private static long headSize(byte[] header) {
    long functions = word(header, FUNCTIONS);
    long handlers = word(header, HANDLER_WORDS);
    long tables = word(header, TABLE_BYTES);
    long variant = word(header, VARIANT_BYTES);
    return functions < 0 || functions > Integer.MAX_VALUE / 64 || handlers < 0 || tables < 0 || variant < 0
        ? -1
        : HEADER_SIZE + 4L * CodeImage.rowWords((int) functions) + 4 * handlers + tables + variant;
  }

  /**
   * Reads all of a file but the code; null if it is none of this format, or damaged. Closing the result closes the
   * file.
   */
  public static @Nullable CodeFile read(OpenFile file) throws IOException {
    FileStatus status = file.status();
    if (!status.isRegular() || status.size() < HEADER_SIZE || status.size() > Integer.MAX_VALUE) {
      return null;
    }
    byte[] header = file.read(0, HEADER_SIZE);
    long head = headSize(header);
    int wasmBytes = word(header, WASM_BYTES);
    int codeBytes = word(header, CODE_BYTES);
    long size = word(header, SIZE) & 0xffff_ffffL | (long) word(header, SIZE + 4) << 32;
    if (!isMagic(header)
        || word(header, 8) != FORMAT
        || size != status.size()
        || head < 0
        || wasmBytes < 0
        || codeBytes < 0
        || head + wasmBytes + codeBytes != size) {
      return null;
    }
    CRC32C checksum = new CRC32C();
    checksum.update(header, SIZE, HEADER_SIZE - SIZE);
    byte[] wasm = null;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment tail = arena.allocate(Math.max(4, head - HEADER_SIZE), 4);
      if (!file.read(HEADER_SIZE, tail.asSlice(0, head - HEADER_SIZE))) {
        return null;
      }
      checksum.update(tail.asSlice(0, head - HEADER_SIZE).asByteBuffer());
      int[] rows = new int[CodeImage.rowWords(word(header, FUNCTIONS))];
      int[] handlers = new int[word(header, HANDLER_WORDS)];
      byte[] tables = new byte[word(header, TABLE_BYTES)];
      byte[] text = new byte[word(header, VARIANT_BYTES)];
      MemorySegment.copy(tail, ValueLayout.JAVA_INT, 0, rows, 0, rows.length);
      long at = 4L * rows.length;
      MemorySegment.copy(tail, ValueLayout.JAVA_INT, at, handlers, 0, handlers.length);
      at += 4L * handlers.length;
      MemorySegment.copy(tail, ValueLayout.JAVA_BYTE, at, tables, 0, tables.length);
      at += tables.length;
      MemorySegment.copy(tail, ValueLayout.JAVA_BYTE, at, text, 0, text.length);
      if (wasmBytes > 0) {
        wasm = file.read(head, wasmBytes);
        checksum.update(wasm);
      }
      if ((int) checksum.getValue() != word(header, CHECKSUM)) {
        return null;
      }
      return new CodeFile(
          file, status, header, new String(text, StandardCharsets.UTF_8),
          new CodeImage(rows, handlers, tables, codeBytes), head + wasmBytes, wasm);
    }
  }

  /** The variant that the code is of. */
  public @Nullable Variant variant() {
    return Variant.parse(variant);
  }

  /** Whether it is of a module and a variant. */
  boolean isOf(int length, byte[] digest, Variant wanted) {
    return word(header, MODULE_BYTES) == length
        && Arrays.equals(header, DIGEST, HEADER_SIZE, digest, 0, ModuleDigest.SIZE)
        && variant.equals(wanted.text());
  }

  /** What is known of the functions. */
  public CodeImage image() {
    return image;
  }

  /** What {@link dev.gatun.wasm.WasmModule#tailCallsOut} is. */
  public boolean tailCallsOut() {
    return (word(header, FLAGS) & TAIL_CALLS_OUT) != 0;
  }

  /** The module, if the file is an artifact; it is not kept, so that it can be asked for once. */
  public byte @Nullable [] takeWasm() {
    byte[] bytes = wasm;
    wasm = null;
    return bytes;
  }

  /** What was known of the file when it was opened. */
  FileStatus status() {
    return status;
  }

  OpenFile file() {
    return file;
  }

  /** Reads the code; returns whether it is there, and what was once written. */
  @Override
  public boolean readInto(MemorySegment into) throws IOException {
    if (into.byteSize() != image.codeLength() || !file.read(codeStart, into)) {
      return false;
    }
    CRC32C checksum = new CRC32C();
    checksum.update(into.asByteBuffer());
    return (int) checksum.getValue() == word(header, CODE_CHECKSUM);
  }

  /**
   * A file.
   *
   * @param code of the image
   * @param length bytes of the module
   * @param digest of the module
   * @param tailCallsOut as {@link #tailCallsOut}
   * @param wasm the module, for an artifact; or null
   * @throws IOException if it would be larger than 2 GiB
   */
  public static byte[] write(
      CodeImage image,
      MemorySegment code,
      Variant variant,
      int length,
      byte[] digest,
      boolean tailCallsOut,
      byte @Nullable [] wasm)
      throws IOException {
    byte[] text = variant.text().getBytes(StandardCharsets.UTF_8);
    int wasmBytes = wasm == null ? 0 : wasm.length;
    long size =
        HEADER_SIZE + 4L * image.rows().length + 4L * image.handlerWords().length + image.tables().length
            + text.length + wasmBytes + code.byteSize();
    if (size > Integer.MAX_VALUE - 8) {
      throw new IOException("the code of a module would take a file of more than 2 GiB");
    }
    byte[] bytes = new byte[(int) size];
    ByteBuffer out = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).putInt(FORMAT).putInt(0).putLong(size).putInt(tailCallsOut ? TAIL_CALLS_OUT : 0);
    out.putInt(image.count()).putInt(image.handlerWords().length).putInt(image.tables().length).putInt(text.length);
    out.putInt(wasmBytes).putInt((int) code.byteSize()).putInt(length);
    out.position(DIGEST);
    out.put(digest);
    out.asIntBuffer().put(image.rows()).put(image.handlerWords());
    out.position(HEADER_SIZE + 4 * (image.rows().length + image.handlerWords().length));
    out.put(image.tables()).put(text);
    if (wasm != null) {
      out.put(wasm);
    }
    int codeStart = out.position();
    MemorySegment.copy(code, ValueLayout.JAVA_BYTE, 0, bytes, codeStart, (int) code.byteSize());
    out.putInt(CODE_CHECKSUM, checksum(bytes, codeStart, bytes.length));
    out.putInt(CHECKSUM, checksum(bytes, SIZE, codeStart));
    return bytes;
  }

  @Override
  public void close() {
    file.close();
  }
}
