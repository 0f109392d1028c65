;; targets: x86_64 x86_64-v2 aarch64
(module
  (func $constant (param v128) (result v128) (i8x16.eq (local.get 0) (v128.const i64x2 0 0)))
  (func $local (param v128 v128) (result v128) (i16x8.lt_s (local.get 0) (local.get 1)))
  (func $computed (param v128 v128) (result v128) (i32x4.ne (i32x4.add (local.get 0) (local.get 1)) (local.get 1)))
  (func $unsigned (param v128 v128) (result v128) (i8x16.gt_u (local.get 0) (local.get 1)))
  (func $at-least (param v128 v128) (result v128) (i16x8.ge_u (local.get 0) (local.get 1)))
  (func $of-64-bits (param v128 v128) (result v128) (i64x2.le_s (local.get 0) (local.get 1)))
  (func $floats (param v128 v128) (result v128) (f32x4.gt (local.get 0) (local.get 1)))
  (func $minimum (param v128 v128) (result v128) (i32x4.min_u (local.get 0) (local.get 1))))
