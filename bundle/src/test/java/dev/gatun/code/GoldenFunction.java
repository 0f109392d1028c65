package dev.gatun.code;

import dev.gatun.backend.PcTable;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The code of a function.
 *
 * @param data where it holds data, as the macro-assembler says
 * @param pcTable which instructions may trap, and why
 */
record GoldenFunction(String name, byte[] code, int[] data, byte[] pcTable) {
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  /** Where the text begins, so that most instructions of the architectures fit before it. */
  private static final int TEXT_COLUMN = 36;

  /** The instructions a line each, with their positions, bytes and traps, then the data. */
  List<String> listing(Disassembler disassembler) {
    List<String> lines = new ArrayList<>();
    int position = 0;
    for (int i = 0; i <= data.length; i += 2) {
      int end = i < data.length ? data[i] : code.length;
      if (position < end) {
        for (Disassembler.Line line : disassembler.disassemble(code, position, end)) {
          lines.add(line(line.position(), line.size(), line.text()) + trap(line.position()));
        }
      }
      if (i < data.length) {
        for (int at = end; at < data[i + 1]; at += 16) {
          lines.add(line(at, Math.min(16, data[i + 1] - at), ""));
        }
        position = data[i + 1];
      }
    }
    return lines;
  }

  private String line(int position, int size, String text) {
    String bytes = HEX.formatHex(code, position, position + size);
    String start = String.format("%6x: %s", position, bytes);
    return text.isEmpty() ? start : String.format("%-" + TEXT_COLUMN + "s  %s", start, text);
  }

  private String trap(int position) {
    PcTable.@Nullable Entry entry = PcTable.find(pcTable, position, false);
    return entry == null ? "" : "  ; " + entry.code();
  }

  /** The bytes that a listing's lines show. */
  static byte[] bytes(List<String> listing) {
    StringBuilder hex = new StringBuilder();
    for (String line : listing) {
      String rest = line.substring(line.indexOf(':') + 2);
      int end = rest.indexOf("  ");
      hex.append(end < 0 ? rest : rest.substring(0, end)).append(' ');
    }
    return HEX.parseHex(hex.toString().strip());
  }
}
