package dev.gatun.text;

import dev.gatun.MalformedTextException;
import dev.gatun.text.Node.ListNode;
import dev.gatun.wasm.BinaryWriter;
import dev.gatun.wasm.ModuleDecoder;
import dev.gatun.wasm.ModuleValidator;
import dev.gatun.wasm.WasmModule;
import java.util.List;

/** The text format of modules (specification, chapter 6). */
public final class TextFormat {
  private TextFormat() {}

  /**
   * The module of a text: {@code (module ...)}, or its fields alone. Whether it is valid is not looked at. The
   * identifiers become a name section.
   *
   * @return the module in the binary format
   * @throws MalformedTextException if it is no module
   */
  public static byte[] parse(String text) {
    List<Node> nodes = new Lexer(text).read();
    Cursor cursor = new Cursor(text, nodes, 0, text.length());
    if (nodes.size() == 1 && cursor.isList("module")) {
      return parse(text, (ListNode) nodes.get(0));
    }
    return new ModuleParser(text, null).parse(cursor);
  }

  /**
   * The text of a module. Parsing it gives a module that behaves the same; custom sections are left out, but for the
   * names of functions and hints for branches.
   *
   * @param wasm a module in the binary format
   * @param folded operands stand in parentheses inside of the instructions that take them
   * @throws dev.gatun.RejectedModuleException if it is malformed or not valid
   */
  public static String print(byte[] wasm, boolean folded) {
    WasmModule module = ModuleDecoder.decode(wasm.clone());
    ModuleValidator.validate(module);
    return new TextPrinter(module, folded).print();
  }

  /** The module of a list that begins with {@code module}. */
  static byte[] parse(String source, ListNode module) {
    Cursor cursor = new Cursor(source, module, 1);
    String name = cursor.takeIdentifier();
    if (cursor.takeWord("binary")) {
      BinaryWriter bytes = new BinaryWriter();
      while (!cursor.atEnd()) {
        bytes.writeBytes(cursor.bytes());
      }
      return bytes.toByteArray();
    }
    if (cursor.takeWord("quote")) {
      BinaryWriter bytes = new BinaryWriter();
      while (!cursor.atEnd()) {
        bytes.writeBytes(cursor.bytes());
      }
      return parse(bytes.toString(java.nio.charset.StandardCharsets.UTF_8));
    }
    return new ModuleParser(source, name).parse(cursor);
  }
}
