(module
  (func $constants (param i32) (result i32) (select (i32.const 3) (i32.const 4) (local.get 0)))
  (func $locals (param i64 i64 i32) (result i64) (select (local.get 0) (local.get 1) (local.get 2)))
  (func $computed (param f64 f64) (result f64)
    (select (f64.add (local.get 0) (local.get 1)) (local.get 0) (f64.lt (local.get 0) (local.get 1))))
  (func $references (param externref externref i32) (result externref)
    (select (result externref) (local.get 0) (local.get 1) (local.get 2))))
