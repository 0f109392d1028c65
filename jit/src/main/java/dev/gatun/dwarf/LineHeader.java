package dev.gatun.dwarf;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The header of a line program: how its instructions are to be read, and its files (DWARF 5, section 6.2.4). */
final class LineHeader {
  private static final int CONTENT_PATH = 1;
  private static final int CONTENT_DIRECTORY = 2;

  private final Unit unit;
  private final Format format;
  final int minInstructionLength;
  final int lineBase;
  final int lineRange;
  final int opcodeBase;

  /** By opcode: how many operands it has. */
  final int[] operands;

  /** Directories and files: form and value of the name; of files also the number of the directory. */
  private int[] directoryForm = new int[4];

  private long[] directoryName = new long[4];
  private int directories;
  private int[] fileForm = new int[8];
  private long[] fileName = new long[8];
  private int[] fileDirectory = new int[8];
  private int files;

  /** Reads the header; the reader is left at the program, and ends with it. */
  LineHeader(DataReader reader, Unit unit) {
    this.unit = unit;
    int offsetSize = Format.readLength(reader);
    int version = reader.u16();
    if (version < 2 || version > 5) {
      throw new MalformedDwarfException("unknown version of a line program");
    }
    int addressSize = unit.format().addressSize();
    if (version == 5) {
      addressSize = reader.u8();
      reader.u8(); // size of segment selectors
    }
    format = new Format(version, addressSize, offsetSize);
    long length = reader.unsigned(offsetSize);
    long program = reader.offset() + length;
    minInstructionLength = reader.u8();
    if (version >= 4 && reader.u8() != 1) {
      throw new MalformedDwarfException("line program of a machine with long instruction words");
    }
    reader.u8(); // whether rows are statements at first
    lineBase = (byte) reader.u8();
    lineRange = reader.u8();
    opcodeBase = reader.u8();
    operands = new int[opcodeBase];
    for (int i = 1; i < opcodeBase; i++) {
      operands[i] = reader.u8();
    }
    if (lineRange == 0 || length < 0 || program < reader.offset()) {
      throw new MalformedDwarfException("line program without lines");
    }
    if (version == 5) {
      readEntries(reader, true);
      readEntries(reader, false);
    } else {
      readNames(reader);
    }
    reader.seek(program);
  }

  Format format() {
    return format;
  }

  private void readNames(DataReader reader) {
    addDirectory(0, 0); // that of the unit
    while (true) {
      int at = reader.offset();
      reader.skipString();
      if (reader.offset() == at + 1) {
        break;
      }
      addDirectory(Form.STRING, at);
    }
    addFile(0, 0, 0); // files count from 1 on
    while (true) {
      int at = reader.offset();
      reader.skipString();
      if (reader.offset() == at + 1) {
        break;
      }
      readFile(reader, at);
    }
  }

  /** Reads the rest of a file that has its name at an offset. */
  void readFile(DataReader reader, int at) {
    long directory = reader.uleb();
    reader.uleb(); // time
    reader.uleb(); // size
    addFile(Form.STRING, at, directory);
  }

  private void readEntries(DataReader reader, boolean isDirectories) {
    int formats = reader.u8();
    int[] contents = new int[formats];
    int[] forms = new int[formats];
    for (int i = 0; i < formats; i++) {
      contents[i] = reader.ulebUpTo(0xffff);
      forms[i] = reader.ulebUpTo(0xffff);
    }
    long count = reader.uleb();
    for (long i = 0; i < count; i++) {
      int start = reader.offset();
      int form = 0;
      long name = 0;
      long directory = 0;
      for (int j = 0; j < formats; j++) {
        long value = Form.read(forms[j], reader, format);
        if (contents[j] == CONTENT_PATH) {
          form = forms[j];
          name = value;
        } else if (contents[j] == CONTENT_DIRECTORY) {
          directory = value;
        }
      }
      if (reader.offset() == start) {
        throw new MalformedDwarfException("files without names");
      }
      if (isDirectories) {
        addDirectory(form, name);
      } else {
        addFile(form, name, directory);
      }
    }
  }

  private void addDirectory(int form, long name) {
    unit.allowance().keep(12);
    if (directories == directoryForm.length) {
      directoryForm = Arrays.copyOf(directoryForm, 2 * directories);
      directoryName = Arrays.copyOf(directoryName, 2 * directories);
    }
    directoryForm[directories] = form;
    directoryName[directories++] = name;
  }

  private void addFile(int form, long name, long directory) {
    unit.allowance().keep(16);
    if (files == fileForm.length) {
      fileForm = Arrays.copyOf(fileForm, 2 * files);
      fileName = Arrays.copyOf(fileName, 2 * files);
      fileDirectory = Arrays.copyOf(fileDirectory, 2 * files);
    }
    fileForm[files] = form;
    fileName[files] = name;
    fileDirectory[files++] = directory < 0 || directory > Integer.MAX_VALUE ? -1 : (int) directory;
  }

  /** Path of a file by its number; null if there is no such file, or its name makes no sense. */
  @Nullable String path(int number) {
    try {
      if (number == 0 && format.version() < 5) {
        String name = unit.name();
        return name == null ? null : join(unit.directory(), name);
      }
      String name = number < 0 || number >= files ? null : string(fileForm[number], fileName[number]);
      if (name == null || isAbsolute(name)) {
        return name;
      }
      int directory = fileDirectory[number];
      String of =
          directory < 0 || directory >= directories ? null : string(directoryForm[directory], directoryName[directory]);
      String path = join(of, name);
      return isAbsolute(path) ? path : join(unit.directory(), path);
    } catch (MalformedDwarfException e) {
      return null;
    }
  }

  private @Nullable String string(int form, long value) {
    return form == Form.STRING ? unit.reader(".debug_line", value).string() : unit.string(form, value);
  }

  private static String join(@Nullable String directory, String name) {
    return directory == null || directory.isEmpty() || isAbsolute(name) ? name : directory + "/" + name;
  }

  private static boolean isAbsolute(String path) {
    return path.startsWith("/") || path.startsWith("\\") || path.length() > 1 && path.charAt(1) == ':';
  }
}
