;; targets: x86_64 x86_64-v2 aarch64
(module
  (func $constant (param v128) (result v128) (i32x4.shl (local.get 0) (i32.const 3)))
  (func $constant-out-of-range (param v128) (result v128) (i16x8.shr_u (local.get 0) (i32.const 17)))
  (func $nothing (param v128) (result v128) (i64x2.shl (local.get 0) (i32.const 64)))
  (func $local (param v128 i32) (result v128) (i64x2.shr_u (local.get 0) (local.get 1)))
  (func $computed (param v128 i32) (result v128)
    (i32x4.shr_s (i32x4.add (local.get 0) (local.get 0)) (i32.add (local.get 1) (i32.const 1))))
  (func $bytes (param v128 i32) (result v128) (i8x16.shl (local.get 0) (local.get 1)))
  (func $bytes-constant (param v128) (result v128) (i8x16.shr_s (local.get 0) (i32.const 2)))
  (func $signed-64 (param v128) (result v128) (i64x2.shr_s (local.get 0) (i32.const 5))))
