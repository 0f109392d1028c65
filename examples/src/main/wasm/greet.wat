;; Asks the host for a name, and tells it a greeting.
(module
  (import "host" "name" (func $name (param i32 i32) (result i32)))
  (import "host" "print" (func $print (param i32 i32)))
  (import "host" "half" (func $half (param f64) (result f64)))
  (memory (export "memory") 1)
  (data (i32.const 0) "hello, ")
  (func (export "greet")
    (local $length i32)
    ;; The name goes behind the 7 bytes of the greeting, and may take the rest of the page.
    (local.set $length (call $name (i32.const 7) (i32.const 65529)))
    (call $print (i32.const 0) (i32.add (i32.const 7) (local.get $length))))
  (func (export "quarter") (param f64) (result f64)
    (call $half (call $half (local.get 0)))))
