(module
  (memory 1)
  (memory $second 1 10)
  (memory $bytes 1 (pagesize 1))
  (func $first (param i32) (result i32) (i32.load (local.get 0)))
  (func $second (param i32) (result i32) (i32.load $second (local.get 0)))
  (func $constant (i32.store $second (i32.const 4) (i32.const 5)))
  (func $out-of-bounds (result i32) (i32.load $second (i32.const -1)))
  (func $of-bytes (param i32) (result i32) (i32.load8_u $bytes (i32.add (local.get 0) (i32.const 1)))))
