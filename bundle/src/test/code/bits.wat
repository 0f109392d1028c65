;; targets: x86_64 x86_64-v2 aarch64
(module
  (func $leading-zeros (param i32) (result i32) (i32.clz (local.get 0)))
  (func $trailing-zeros (param i64) (result i64) (i64.ctz (local.get 0)))
  (func $ones (param i64 i64) (result i64) (i64.popcnt (i64.xor (local.get 0) (local.get 1))))
  (func $constant (result i32) (i32.clz (i32.const 255))))
