(module
  (func $add (param i64 i64 i64 i64) (result i64 i64)
    (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
  (func $add-constant (param i64 i64) (result i64 i64)
    (i64.add128 (local.get 0) (local.get 1) (i64.const 1) (i64.const 0)))
  (func $sub-computed (param i64 i64) (result i64 i64)
    (i64.sub128 (local.get 0) (local.get 1) (i64.mul (local.get 0) (local.get 1)) (i64.const 0)))
  (func $multiply (param i64 i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1)))
  (func $multiply-constant (param i64) (result i64 i64) (i64.mul_wide_s (local.get 0) (i64.const 10))))
