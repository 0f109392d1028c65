package dev.gatun.layout;

import dev.gatun.wasm.FieldType;
import dev.gatun.wasm.StructType;
import java.util.List;

/** Where the fields of a struct lie; see {@link ObjectLayout}. */
public final class StructLayout {
  private StructLayout() {}

  private static final int MAX_ALIGNMENT = 8;

  private static int align(int offset, FieldType field) {
    int alignment = Math.min(field.size(), MAX_ALIGNMENT);
    return offset + alignment - 1 & -alignment;
  }

  /** The offset of a field from the object's start, in bytes. */
  public static int offset(StructType type, int field) {
    List<FieldType> fields = type.fields();
    int offset = ObjectLayout.FIELDS;
    for (int i = 0; i < field; i++) {
      offset = align(offset, fields.get(i)) + fields.get(i).size();
    }
    return align(offset, fields.get(field));
  }

  /** The offsets of all fields, and behind them the bytes of an object with its header. */
  public static int[] offsets(StructType type) {
    List<FieldType> fields = type.fields();
    int[] offsets = new int[fields.size() + 1];
    int offset = ObjectLayout.FIELDS;
    for (int i = 0; i < offsets.length - 1; i++) {
      offset = align(offset, fields.get(i));
      offsets[i] = offset;
      offset += fields.get(i).size();
    }
    offsets[offsets.length - 1] = offset + 7 & -8;
    return offsets;
  }
}
