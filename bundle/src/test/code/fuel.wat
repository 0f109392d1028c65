;; fuel
(module
  (memory 1)
  (func $sum (param i32) (result i32) (local i32)
    (loop
      (local.set 1 (i32.add (local.get 1) (local.get 0)))
      (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 1))
  (func $arms (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (call $sum (local.get 0)))
      (else (i32.const 7))))
  (func $fill (param i32)
    (memory.fill (i32.const 0) (i32.const 1) (local.get 0))))
