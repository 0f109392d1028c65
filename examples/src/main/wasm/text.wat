;; Text passes as address and length. The host gets room for its arguments by "alloc", and gives it back by "dealloc";
;; here that is a stack, which suffices if the last that was taken is the first to be given back.
(module
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 1024))
  (func $alloc (export "alloc") (param $size i32) (result i32)
    (local $at i32)
    (local.set $at (global.get $top))
    (global.set $top (i32.add (local.get $at) (local.get $size)))
    (block $enough
      (br_if $enough (i32.le_u (global.get $top) (i32.shl (memory.size) (i32.const 16))))
      (br_if $enough
        (i32.ne (i32.const -1)
          (memory.grow
            (i32.add (i32.const 1) (i32.shr_u (i32.sub (global.get $top) (i32.shl (memory.size) (i32.const 16)))
              (i32.const 16))))))
      unreachable)
    (local.get $at))
  (func (export "dealloc") (param $at i32) (param $size i32)
    (if (i32.eq (i32.add (local.get $at) (local.get $size)) (global.get $top))
      (then (global.set $top (local.get $at)))))
  (func (export "words") (param $at i32) (param $length i32) (result i32)
    (local $end i32) (local $count i32) (local $inside i32) (local $letter i32)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $at) (local.get $end)))
        (local.set $letter (i32.gt_u (i32.load8_u (local.get $at)) (i32.const 32)))
        (local.set $count
          (i32.add (local.get $count) (i32.and (local.get $letter) (i32.eqz (local.get $inside)))))
        (local.set $inside (local.get $letter))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (local.get $count))
  (func (export "stars") (param $count i32) (result i32 i32)
    (local $at i32)
    (local.set $at (call $alloc (local.get $count)))
    (memory.fill (local.get $at) (i32.const 42) (local.get $count))
    (local.get $at) (local.get $count)))
