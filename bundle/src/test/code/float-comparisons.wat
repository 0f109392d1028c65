;; targets: x86_64 x86_64-v2 aarch64
(module
  (memory 1)
  (func $constant (param f64) (result i32) (f64.lt (local.get 0) (f64.const 0)))
  (func $local (param f32 f32) (result i32) (f32.eq (local.get 0) (local.get 1)))
  (func $computed (param f64 f64) (result i32) (f64.ge (f64.add (local.get 0) (local.get 1)) (local.get 1)))
  (func $loaded (param f32 i32) (result i32) (f32.gt (local.get 0) (f32.load (local.get 1))))
  (func $branch-if-equal (param f64 f64) (result i32)
    (if (f64.eq (local.get 0) (local.get 1)) (then (return (i32.const 1))))
    (i32.const 0))
  (func $branch-unless-less (param f64 f64) (result i32)
    (if (i32.eqz (f64.lt (local.get 0) (local.get 1))) (then (return (i32.const 1))))
    (i32.const 0)))
