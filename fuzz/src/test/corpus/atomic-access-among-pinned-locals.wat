;; The compiler kept registers locked that it no longer needed, and found none for an atomic access where most were
;; pinned to locals: an IllegalStateException instead of code.
;; kind DETERMINISTIC
(module
  (type (;0;) (struct))
  (type (;1;) (array (ref null 0)))
  (type (;2;) (array i16))
  (type (;3;) (func))
  (type (;4;) (func))
  (type (;5;) (func (param i64 f64 i64 i32 f64) (result i32 i32 i64 i32 f64 i32 f64 f32 i64 f64 i32 i64)))
  (memory (;0;) i64 1 1)
  (func (;0;) (type 5) (param i64 f64 i64 i32 f64) (result i32 i32 i64 i32 f64 i32 f64 f32 i64 f64 i32 i64)
    (local f64 f32 f64 f32 i32 i64 i32 i32 f32 i32 f32 f64)
    (i64.atomic.rmw32.sub_u offset=228
      (i64.and
        (i64.const 0)
        (i64.const 0))
      (i64.const 0))
    (local.get 2)
    (local.get 10)
    loop
      (unreachable)
      (local.set 12)
      (local.get 14)
      (local.get 11)
      (unreachable)
    end
    (local.get 0)
    (local.get 0)
    (local.get 3)
    (local.get 10)
    (unreachable)
    (local.get 3)
    (local.get 2)))
