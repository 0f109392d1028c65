(module
  (type $s
    (struct
      (field $a i32) (field $b (mut i64)) (field $c (mut i8)) (field $v (mut v128)) (field $r (mut (ref null $s)))))
  (func $new (param i32 i64) (result (ref $s))
    (struct.new $s (local.get 0) (local.get 1) (i32.const 3) (v128.const i64x2 0 0) (ref.null $s)))
  (func $default (result (ref $s)) (struct.new_default $s))
  (func $local (param (ref $s)) (result i32) (struct.get $s $a (local.get 0)))
  (func $null (param (ref null $s)) (result i64) (struct.get $s $b (local.get 0)))
  (func $null-constant (result i32) (struct.get $s $a (ref.null $s)))
  (func $computed (param (ref $s)) (result i32) (struct.get_s $s $c (struct.get $s $r (local.get 0))))
  (func $set-constant (param (ref null $s)) (struct.set $s $b (local.get 0) (i64.const 5)))
  (func $set-local (param (ref null $s) v128) (struct.set $s $v (local.get 0) (local.get 1)))
  (func $set-reference (param (ref null $s)) (struct.set $s $r (local.get 0) (local.get 0))))
