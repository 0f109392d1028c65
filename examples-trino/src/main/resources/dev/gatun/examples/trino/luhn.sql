-- How many numbers end in the check digit that credit cards have? The function is called for each row.
WITH
  FUNCTION luhn(number bigint)
    RETURNS boolean
    LANGUAGE WASM
    DETERMINISTIC
    WITH (handler = 'luhn')
    AS $$
(module
  (func (export "luhn") (param $number i64) (result i32)
    (local $digit i64) (local $sum i64) (local $twice i32)
    (loop $digits
      (local.set $digit (i64.rem_u (local.get $number) (i64.const 10)))
      (local.set $number (i64.div_u (local.get $number) (i64.const 10)))
      (if (local.get $twice)
        (then
          (local.set $digit (i64.mul (local.get $digit) (i64.const 2)))
          (if (i64.gt_u (local.get $digit) (i64.const 9))
            (then (local.set $digit (i64.sub (local.get $digit) (i64.const 9)))))))
      (local.set $sum (i64.add (local.get $sum) (local.get $digit)))
      (local.set $twice (i32.eqz (local.get $twice)))
      (br_if $digits (i64.ne (local.get $number) (i64.const 0))))
    (i64.eqz (i64.rem_u (local.get $sum) (i64.const 10)))))
    $$
SELECT count(*) AS rows, count_if(luhn(sequential_number)) AS valid
FROM TABLE(sequence(start => 1, stop => 3000000))
