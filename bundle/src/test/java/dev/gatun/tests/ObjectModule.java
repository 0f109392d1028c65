package dev.gatun.tests;

import dev.gatun.testing.Code;
import dev.gatun.testing.ModuleBuilder;

/**
 * A module that makes lists of structs and arrays, and garbage.
 *
 * <p>Its node is {@code (struct (field (mut anyref)) (field (mut i32)))}: the next node, and a number.
 */
final class ObjectModule {
  private static final int ANY = 0x6E;
  private static final int I32 = 0x7F;
  private static final int I8 = 0x78;
  private static final int MUT = 1;
  private static final int GC = 0xFB;
  private static final int STRUCT_NEW = 0;
  private static final int STRUCT_GET = 2;
  private static final int STRUCT_SET = 5;
  private static final int ARRAY_NEW = 6;
  private static final int ARRAY_NEW_DEFAULT = 7;
  private static final int ARRAY_GET = 11;
  private static final int ARRAY_SET = 14;
  private static final int REF_CAST = 22;
  private static final int REF_IS_NULL = 0xD1;
  private static final int REF_NULL = 0xD0;
  private static final int I32_ADD = 0x6A;
  private static final int I32_SUB = 0x6B;
  private static final int I64_ADD = 0x7C;
  private static final int I64_EXTEND_I32_U = 0xAD;
  private static final int THROW = 0x08;
  private static final int THROW_REF = 0x0A;
  private static final int TRY_TABLE = 0x1F;
  private static final int CATCH = 0;
  private static final int CATCH_REF = 1;
  private static final int TABLE_GET = 0x25;
  private static final int TABLE_SET = 0x26;

  private final ModuleBuilder builder = new ModuleBuilder();
  private final int node = builder.definedType(0x5F, 2, ANY, MUT, I32, MUT);
  private final int references = builder.definedType(0x5E, ANY, MUT);
  private final int octets = builder.definedType(0x5E, I8, MUT);

  private ObjectModule() {}

  /**
   * The module. It imports {@code host.pass}, from anyref to anyref, and exports:
   *
   * <ul>
   *   <li>{@code list(n)}: a list of the numbers n to 1
   *   <li>{@code sum(list)}: of its numbers, as i64
   *   <li>{@code churn(n)}: makes n nodes that refer to themselves, and drops them
   *   <li>{@code local}, {@code operand}, {@code global}, {@code table}, {@code array}, {@code host},
   *       {@code exception} {@code (n, m)}: the sum of a list of n that is held there while m nodes of garbage are made
   *   <li>{@code raise(n)}: throws a list of n
   *   <li>{@code octets(n)}: an array of n bytes 7; {@code at(array, i)}: an array's byte
   *   <li>{@code hold(x)}: sets the global
   *   <li>{@code forever()}: makes a list without end
   *   <li>{@code deep(n, m)}: the sum of n lists of m numbers, each held by a frame while garbage is made
   *   <li>{@code put(i, next, number)}, {@code number(i)}, {@code next(i)}: nodes in a table of 64
   * </ul>
   */
  static byte[] bytes() {
    return new ObjectModule().build();
  }

  private Code cast(Code code, int type) {
    return code.prefixed(GC, REF_CAST, type);
  }

  private byte[] build() {
    int pass = builder.importFunction("host", "pass", "a:a");
    builder.table('a', 64, ModuleBuilder.NO_MAXIMUM);
    builder.global('a', true, new Code().raw(REF_NULL, 0x6E));
    int list = list();
    int sum = sum();
    int churn = churn();
    Code make = new Code().localGet(0).call(list);
    builder.function(
        "local",
        "ii:l",
        new Code().locals(1, 'a')
            .localGet(0).call(list).localSet(2).localGet(1).call(churn).localGet(2).call(sum));
    builder.function("operand", "ii:l", make.localGet(1).call(churn).call(sum));
    builder.function(
        "global",
        "ii:l",
        new Code().localGet(0).call(list).globalSet(0).localGet(1).call(churn).globalGet(0).call(sum)
            .raw(REF_NULL, 0x6E).globalSet(0));
    builder.function(
        "table",
        "ii:l",
        new Code().i32(5).localGet(0).call(list).op(TABLE_SET, 0).localGet(1).call(churn)
            .i32(5).op(TABLE_GET, 0).call(sum));
    builder.function(
        "array",
        "ii:l",
        new Code().locals(1, 'a')
            .i32(10).prefixed(GC, ARRAY_NEW_DEFAULT, references).localSet(2)
            .localGet(2).prefixed(GC, REF_CAST, references).i32(3)
            .localGet(0).call(list).prefixed(GC, ARRAY_SET, references)
            .localGet(1).call(churn)
            .localGet(2).prefixed(GC, REF_CAST, references).i32(3).prefixed(GC, ARRAY_GET, references).call(sum));
    builder.function("host", "ii:l", new Code().localGet(0).call(list).call(pass).localGet(1).call(churn).call(sum));
    int tag = builder.tag("a:");
    int raise = builder.function("raise", "i:", new Code().localGet(0).call(list).op(THROW, tag));
    builder.function(
        "exception",
        "ii:l",
        new Code().locals(1, 'e')
            .blockType(0x02, ~builder.type(":ae"))
            .op(TRY_TABLE).raw(Code.EMPTY, 1, CATCH_REF, tag, 0).localGet(0).call(raise).end()
            .unreachable().end()
            .localSet(2).drop().localGet(1).call(churn)
            .block('a')
            .op(TRY_TABLE).raw(Code.EMPTY, 1, CATCH, tag, 0).localGet(2).op(THROW_REF).end()
            .unreachable().end()
            .call(sum));
    builder.function("octets", "i:a", new Code().i32(7).localGet(0).prefixed(GC, ARRAY_NEW, octets));
    builder.function(
        "at", "ai:i", cast(new Code().localGet(0), octets).localGet(1).prefixed(GC, 13, octets));
    builder.function("hold", "a:", new Code().localGet(0).globalSet(0));
    builder.function(
        "forever",
        ":",
        new Code().locals(1, 'a').loop(Code.EMPTY)
            .localGet(0).i32(1).prefixed(GC, STRUCT_NEW, node).localSet(0).br(0).end());
    deep(list, sum, churn);
    builder.function(
        "put",
        "iai:",
        new Code().localGet(0).localGet(1).localGet(2).prefixed(GC, STRUCT_NEW, node).op(TABLE_SET, 0));
    builder.function(
        "number", "i:i", cast(new Code().localGet(0).op(TABLE_GET, 0), node).prefixed(GC, STRUCT_GET, node, 1));
    builder.function(
        "next", "i:a", cast(new Code().localGet(0).op(TABLE_GET, 0), node).prefixed(GC, STRUCT_GET, node, 0));
    return builder.build();
  }

  private int list() {
    return builder.function(
        "list",
        "i:a",
        new Code().locals(1, 'a').locals(1, 'i')
            .block(Code.EMPTY).loop(Code.EMPTY)
            .localGet(0).localGet(2).op(0x46).brIf(1)
            .localGet(1).localGet(2).i32(1).op(I32_ADD).localTee(2).prefixed(GC, STRUCT_NEW, node).localSet(1)
            .br(0).end().end()
            .localGet(1));
  }

  private int sum() {
    Code code = new Code().locals(1, 'l').block(Code.EMPTY).loop(Code.EMPTY).localGet(0).op(REF_IS_NULL).brIf(1);
    code.localGet(1);
    cast(code.localGet(0), node).prefixed(GC, STRUCT_GET, node, 1).op(I64_EXTEND_I32_U).op(I64_ADD).localSet(1);
    cast(code.localGet(0), node).prefixed(GC, STRUCT_GET, node, 0).localSet(0);
    return builder.function("sum", "a:l", code.br(0).end().end().localGet(1));
  }

  private int churn() {
    Code code = new Code().locals(1, 'a').block(Code.EMPTY).loop(Code.EMPTY).localGet(0).op(0x45).brIf(1);
    code.raw(REF_NULL, 0x6E).localGet(0).prefixed(GC, STRUCT_NEW, node).localSet(1);
    cast(code.localGet(1), node).localGet(1).prefixed(GC, STRUCT_SET, node, 0);
    code.localGet(0).i32(1).op(I32_SUB).localSet(0);
    return builder.function("churn", "i:", code.br(0).end().end().raw(REF_NULL, 0x6E).localSet(1));
  }

  private void deep(int list, int sum, int churn) {
    int self = churn + 13;
    builder.function(
        "deep",
        "ii:l",
        new Code().locals(1, 'a').localGet(0).op(0x45).iff('l').i64(0).otherwise()
            .localGet(1).call(list).localSet(2)
            .localGet(0).i32(1).op(I32_SUB).localGet(1).call(self)
            .localGet(1).call(churn).localGet(2).call(sum).op(I64_ADD).end());
  }
}
