;; targets: x86_64 x86_64-v2 aarch64
(module
  (func $constant (param i32) (result i32) (i32.shl (local.get 0) (i32.const 5)))
  (func $constant-out-of-range (param i32) (result i32) (i32.shr_u (local.get 0) (i32.const 33)))
  (func $local (param i32 i32) (result i32) (i32.shr_s (local.get 0) (local.get 1)))
  (func $computed (param i64 i64) (result i64)
    (i64.shl (i64.add (local.get 0) (local.get 1)) (i64.sub (local.get 0) (local.get 1))))
  (func $rotated-by-constant (param i64) (result i64) (i64.rotl (local.get 0) (i64.const 13)))
  (func $rotated (param i32 i32) (result i32) (i32.rotr (local.get 0) (local.get 1))))
