package dev.gatun.fuzz.generate;

import dev.gatun.wasm.Feature;
import dev.gatun.wasm.Instructions;
import dev.gatun.wasm.Opcode;
import dev.gatun.wasm.Shape;
import dev.gatun.wasm.ValueType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Modules about a single instruction with a fixed signature: its operands lie near limits, and come as constants, from
 * parameters, from locals that were set, and computed, in all mixtures; its result is returned, branched on, or set.
 */
public final class SingleInstructions implements Generator {
  private static final List<Opcode> INSTRUCTIONS = new ArrayList<>();

  static {
    for (Opcode opcode : Opcode.values()) {
      boolean parts = opcode.shape() == Shape.CONTROL || opcode.shape() == Shape.TABLE
          || opcode.shape() == Shape.MEMORY || opcode.shape() == Shape.CONSTANT;
      boolean waits = opcode == Opcode.MEMORY_ATOMIC_WAIT32 || opcode == Opcode.MEMORY_ATOMIC_WAIT64;
      if (opcode.operandCount() > 0 && !parts && !waits) {
        INSTRUCTIONS.add(opcode);
      }
    }
  }

  /** Functions of a module, each of which has the instruction once. */
  private static final int FUNCTIONS = 12;

  /** Where an operand comes from. */
  private enum Source {
    CONSTANT,
    PARAMETER,
    LOCAL,
    COMPUTED
  }

  @Override
  public String name() {
    return "single";
  }

  @Override
  public int batch() {
    return INSTRUCTIONS.size();
  }

  @Override
  public Subject generate(long seed) {
    return new Making(seed).make();
  }

  /** One module. */
  private static final class Making {
    private final Choices choices;
    private final Opcode opcode;
    private final Draft draft = new Draft();
    private final Set<Feature> features = EnumSet.of(Feature.MVP, Feature.MULTI_VALUE, Feature.SIMD);
    private final Body.Context context;
    private final List<Subject.Call> calls = new ArrayList<>();
    private final boolean accesses;

    Making(long seed) {
      choices = new Choices(seed);
      opcode = INSTRUCTIONS.get((int) Math.floorMod(seed, (long) INSTRUCTIONS.size()));
      features.add(opcode.feature());
      accesses = opcode.width() > 0;
      if (accesses && choices.oneIn(3)) {
        features.add(Feature.MEMORY64);
      }
      context = new Body.Context(draft, choices, new Grammar(features), features, -1);
    }

    Subject make() {
      if (accesses) {
        boolean wide = features.contains(Feature.MEMORY64);
        boolean shared = opcode.feature() == Feature.THREADS && choices.oneIn(2);
        draft.memories.add(new Draft.Memory(wide, shared, false, 1, 1));
        draft.export("m", Draft.MEMORY, 0);
        draft.data.add(new Draft.Data(OptionalInt.of(0), 0, choices.bytes(64)));
        draft.data.add(new Draft.Data(OptionalInt.of(0), 65_536 - 64, choices.bytes(64)));
      }
      for (int i = 0; i < FUNCTIONS; i++) {
        function("f" + i);
      }
      return new Subject(draft.build(), features, calls, Subject.Kind.DETERMINISTIC);
    }

    private int operand(int index) {
      int type = opcode.operand(index);
      return index == 0 && accesses && features.contains(Feature.MEMORY64) ? ValueType.I64 : type;
    }

    private void function(String name) {
      List<Integer> params = new ArrayList<>();
      List<Source> sources = new ArrayList<>();
      for (int i = 0; i < opcode.operandCount(); i++) {
        Source source = Source.values()[choices.below(4)];
        sources.add(source);
        if (source != Source.CONSTANT) {
          params.add(operand(i) == ValueType.V128 ? ValueType.I64 : operand(i));
          if (operand(i) == ValueType.V128) {
            params.add(ValueType.I64);
          }
        }
      }
      int result = opcode.result();
      List<Integer> results =
          switch (result) {
            case ValueType.BOTTOM -> List.of();
            case ValueType.V128 -> List.of(ValueType.I64, ValueType.I64);
            default -> List.of(result);
          };
      int function = draft.addFunction(draft.types.function(params, results));
      draft.export(name, Draft.FUNCTION, function);
      draft.bodies.add(body(new Body(context, draft.function(function), 0), sources));
      for (int i = params.isEmpty() ? 1 : 6; i > 0; i--) {
        List<Subject.Argument> arguments = new ArrayList<>();
        for (int p = 0; p < params.size(); p++) {
          arguments.add(new Subject.Argument(params.get(p), bits(params.get(p))));
        }
        calls.add(new Subject.Call(name, arguments));
      }
    }

    private long bits(int type) {
      boolean address = accesses && !choices.oneIn(6);
      return switch (type) {
        case ValueType.I32 -> address ? place() : choices.i32();
        case ValueType.I64 -> address ? place() : choices.oneIn(2) ? choices.vectorHalf() : choices.i64();
        case ValueType.F32 -> choices.f32();
        default -> choices.f64();
      };
    }

    /** An address, or any number. */
    private int place() {
      return switch (choices.below(3)) {
        case 0 -> choices.below(64);
        case 1 -> 65_536 - choices.below(2 * opcode.width() + 1);
        default -> choices.below(70) & -opcode.width();
      };
    }

    private byte[] body(Body body, List<Source> sources) {
      Computation computation = new Computation(body);
      int[] locals = new int[sources.size()];
      int next = 0;
      // Locals are set before the first operand is pushed.
      for (int i = 0; i < sources.size(); i++) {
        locals[i] = next;
        boolean vector = operand(i) == ValueType.V128;
        if (sources.get(i) == Source.LOCAL) {
          parameter(body, operand(i), next);
          locals[i] = body.addLocal(operand(i));
          body.op(Opcode.LOCAL_SET, locals[i]);
        }
        next += sources.get(i) == Source.CONSTANT ? 0 : vector ? 2 : 1;
      }
      for (int i = 0; i < sources.size(); i++) {
        int type = operand(i);
        switch (sources.get(i)) {
          case CONSTANT -> {
            if (accesses && i == 0) {
              address(body, type);
            } else {
              body.constant(type);
            }
          }
          case PARAMETER -> parameter(body, type, locals[i]);
          case LOCAL -> body.op(Opcode.LOCAL_GET, locals[i]);
          case COMPUTED -> {
            parameter(body, type, locals[i]);
            compute(body, type);
          }
        }
        computation.condition(opcode, i, type);
      }
      write(body, computation);
      use(body);
      return body.finish();
    }

    private void address(Body body, int type) {
      if (type == ValueType.I64) {
        body.i64(place());
      } else {
        body.i32(place());
      }
    }

    private void parameter(Body body, int type, int index) {
      body.op(Opcode.LOCAL_GET, index);
      if (type == ValueType.V128) {
        body.op(Opcode.I64X2_SPLAT);
        body.op(Opcode.LOCAL_GET, index + 1);
        body.op(Opcode.I64X2_REPLACE_LANE, 1);
      }
    }

    /** Something that leaves the value as it is, but that is not a local any more. */
    private void compute(Body body, int type) {
      switch (type) {
        case ValueType.I32 -> {
          body.i32(0);
          body.op(choices.oneIn(2) ? Opcode.I32_ADD : Opcode.I32_XOR);
        }
        case ValueType.I64 -> {
          body.i64(0);
          body.op(choices.oneIn(2) ? Opcode.I64_ADD : Opcode.I64_OR);
        }
        case ValueType.F32 -> {
          body.op(Opcode.F32_NEG);
          body.op(Opcode.F32_NEG);
        }
        case ValueType.F64 -> {
          body.op(Opcode.F64_NEG);
          body.op(Opcode.F64_NEG);
        }
        default -> {
          body.op(Opcode.V128_NOT);
          body.op(Opcode.V128_NOT);
        }
      }
    }

    private void write(Body body, Computation computation) {
      if (!accesses) {
        computation.instruction(opcode);
        return;
      }
      body.op(opcode);
      boolean atomic = opcode.shape() == Shape.ATOMIC;
      int alignment = atomic ? opcode.naturalAlignment() : choices.below(opcode.naturalAlignment() + 1);
      boolean named = choices.oneIn(10);
      body.code.unsigned(named ? alignment | Instructions.MEMORY_INDEX_FOLLOWS : alignment);
      if (named) {
        body.code.unsigned(0);
      }
      body.code.unsigned(choices.oneIn(4) ? choices.below(9) * (long) opcode.width() : 0);
      if (opcode.shape() == Shape.LANE_LOAD || opcode.shape() == Shape.LANE_STORE) {
        body.code.write(choices.below(16 / opcode.width()));
      }
    }

    /** Returns the result, directly or after it has decided a branch or was set. */
    private void use(Body body) {
      int result = opcode.result();
      if (result == ValueType.BOTTOM) {
        return;
      }
      if (result == ValueType.V128) {
        int local = body.scratch(ValueType.V128);
        body.op(Opcode.LOCAL_TEE, local);
        body.op(Opcode.I64X2_EXTRACT_LANE, 0);
        body.op(Opcode.LOCAL_GET, local);
        body.op(Opcode.I64X2_EXTRACT_LANE, 1);
        return;
      }
      if (result == ValueType.I32) {
        switch (choices.below(4)) {
          case 0 -> {
            body.op(Opcode.IF);
            body.code.write(ValueType.I32);
            body.i32(choices.i32());
            body.op(Opcode.ELSE);
            body.i32(choices.i32());
            body.op(Opcode.END);
          }
          case 1 -> {
            int local = body.addLocal(ValueType.I32);
            body.op(Opcode.LOCAL_SET, local);
            body.i32(choices.i32());
            body.i32(choices.i32());
            body.op(Opcode.LOCAL_GET, local);
            body.op(Opcode.SELECT);
          }
          case 2 -> body.op(Opcode.I32_EQZ);
          default -> { }
        }
        return;
      }
      if (choices.oneIn(3)) {
        int local = body.addLocal(result);
        body.op(Opcode.LOCAL_SET, local);
        body.op(Opcode.LOCAL_GET, local);
      }
    }
  }
}
