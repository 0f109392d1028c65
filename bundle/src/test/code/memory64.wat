(module
  (memory i64 1)
  (func $constant (result i32) (i32.load (i64.const 16)))
  (func $local (param i64) (result i64) (i64.load offset=8 (local.get 0)))
  (func $computed (param i64 i64) (i32.store (i64.add (local.get 0) (local.get 1)) (i32.const 1)))
  (func $out-of-bounds (result i32) (i32.load offset=0xffff_ffff_ffff_fff0 (i64.const 0xfff0)))
  (func $wide-offset (param i64) (result f64) (f64.load offset=0x1_0000_0000 (local.get 0)))
  (func $size (result i64) (memory.size)))
