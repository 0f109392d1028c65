;; What PlugIn.java runs.
(module
  (func (export "run") (param $number i32) (result i32)
    (i32.add (i32.const 2) (i32.mul (i32.const 2) (local.get $number)))))
