"""Fifty tests of the language and its library, each of which works the interpreter a little differently."""

import base64
import bisect
import collections
import contextlib
import dataclasses
import datetime
import decimal
import enum
import fractions
import functools
import hashlib
import heapq
import io
import itertools
import json
import math
import operator
import random
import re
import statistics
import string
import struct
import textwrap
import unittest
import zlib


class Numbers(unittest.TestCase):
    def test_big_power(self):
        self.assertEqual(pow(3, 1000) % 1000007, pow(3, 1000, 1000007))

    def test_big_factorial(self):
        self.assertEqual(len(str(math.factorial(300))), 615)

    def test_floor_division(self):
        self.assertEqual((-7 // 2, -7 % 2, 7 // -2, 7 % -2), (-4, 1, -4, -1))

    def test_float_repr(self):
        self.assertEqual(repr(0.1 + 0.2), "0.30000000000000004")

    def test_float_hex(self):
        self.assertEqual(float.fromhex((1 / 3).hex()), 1 / 3)

    def test_nan(self):
        self.assertNotEqual(math.nan, math.nan)

    def test_infinity(self):
        self.assertTrue(math.inf > 1e308 and -math.inf < -1e308)

    def test_rounding(self):
        self.assertEqual([round(x) for x in (0.5, 1.5, 2.5, -0.5)], [0, 2, 2, 0])

    def test_trigonometry(self):
        self.assertAlmostEqual(math.sin(1) ** 2 + math.cos(1) ** 2, 1)

    def test_decimal(self):
        self.assertEqual(decimal.Decimal("0.1") + decimal.Decimal("0.2"), decimal.Decimal("0.3"))

    def test_decimal_precision(self):
        with decimal.localcontext() as context:
            context.prec = 50
            self.assertEqual(str(decimal.Decimal(2).sqrt())[:22], "1.41421356237309504880")

    def test_fraction(self):
        self.assertEqual(sum(fractions.Fraction(1, n) for n in range(1, 5)), fractions.Fraction(25, 12))

    def test_complex(self):
        self.assertEqual((1 + 2j) * (3 - 1j), 5 + 5j)

    def test_division_by_zero(self):
        with self.assertRaises(ZeroDivisionError):
            1 / 0

    def test_overflow(self):
        with self.assertRaises(OverflowError):
            math.exp(1000)

    def test_gcd(self):
        self.assertEqual(math.gcd(2**100, 6**50), 2**50)

    def test_statistics(self):
        self.assertEqual(statistics.median([5, 1, 4, 2, 3]), 3)

    def test_random_is_seeded(self):
        self.assertEqual(random.Random(7).getrandbits(64), random.Random(7).getrandbits(64))

    def test_bits(self):
        self.assertEqual(((1 << 70) - 1).bit_count(), 70)


class Text(unittest.TestCase):
    def test_format(self):
        self.assertEqual(f"{1234.5:,.2f}|{42:>6x}|{'a':^5}", "1,234.50|    2a|  a  ")

    def test_unicode(self):
        self.assertEqual("straße".upper().encode(), b"STRASSE")

    def test_decoding_error(self):
        with self.assertRaises(UnicodeDecodeError):
            b"\xff".decode()

    def test_regex_groups(self):
        self.assertEqual(re.findall(r"(\w+)=(\d+)", "a=1, bc=22"), [("a", "1"), ("bc", "22")])

    def test_regex_backtracking(self):
        self.assertIsNone(re.fullmatch(r"(a|aa)+b", "a" * 18))

    def test_regex_substitution(self):
        self.assertEqual(re.sub(r"\d+", lambda m: str(int(m[0]) * 2), "1 20 x3"), "2 40 x6")

    def test_template(self):
        self.assertEqual(string.Template("$a-$b").substitute(a=1, b=2), "1-2")

    def test_wrapping(self):
        self.assertEqual(textwrap.wrap("one two three", 7), ["one two", "three"])

    def test_split_and_join(self):
        self.assertEqual("-".join("a,b,c".split(",")), "a-b-c")


class Data(unittest.TestCase):
    def test_json(self):
        value = {"a": [1, 2.5, None, True, "é"], "b": {"c": []}}
        self.assertEqual(json.loads(json.dumps(value)), value)

    def test_json_error(self):
        with self.assertRaises(json.JSONDecodeError):
            json.loads("{'a': 1}")

    def test_struct(self):
        self.assertEqual(struct.unpack("<hIq", struct.pack("<hIq", -1, 2**32 - 1, -(2**63))), (-1, 2**32 - 1, -(2**63)))

    def test_base64(self):
        self.assertEqual(base64.b64decode(base64.b64encode(bytes(range(256)))), bytes(range(256)))

    def test_sha256(self):
        digest = hashlib.sha256(b"abc").hexdigest()
        self.assertEqual(digest, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")

    def test_md5(self):
        self.assertEqual(hashlib.md5(b"").hexdigest(), "d41d8cd98f00b204e9800998ecf8427e")

    def test_crc32(self):
        self.assertEqual(zlib.crc32(b"123456789"), 0xCBF43926)

    def test_compression(self):
        data = b"gatun " * 10000
        packed = zlib.compress(data)
        self.assertLess(len(packed), 1000)
        self.assertEqual(zlib.decompress(packed), data)

    def test_dates(self):
        self.assertEqual((datetime.date(2024, 3, 1) - datetime.timedelta(days=1)).isoformat(), "2024-02-29")

    def test_string_file(self):
        self.assertEqual(io.StringIO("a\nb\n").readlines(), ["a\n", "b\n"])


class Structures(unittest.TestCase):
    def test_sort_is_stable(self):
        self.assertEqual(sorted(["b1", "a2", "b0", "a1"], key=lambda s: s[0]), ["a2", "a1", "b1", "b0"])

    def test_big_sort(self):
        numbers = [(i * 7919) % 10007 for i in range(10007)]
        self.assertEqual(sorted(numbers), list(range(10007)))

    def test_heap(self):
        heap = [5, 3, 8, 1]
        heapq.heapify(heap)
        self.assertEqual([heapq.heappop(heap) for _ in range(4)], [1, 3, 5, 8])

    def test_bisect(self):
        self.assertEqual(bisect.bisect([1, 3, 5, 7], 5), 3)

    def test_counter(self):
        self.assertEqual(collections.Counter("mississippi").most_common(1), [("i", 4)])

    def test_large_dictionary(self):
        table = {str(i): i for i in range(20000)}
        self.assertEqual(sum(table[str(i)] for i in range(20000)), 199990000)

    def test_dataclass(self):
        point = dataclasses.make_dataclass("Point", ["x", "y"])
        self.assertEqual(point(1, 2), point(1, 2))

    def test_enum(self):
        color = enum.Enum("Color", "RED GREEN")
        self.assertIs(color["GREEN"], color(2))


class Control(unittest.TestCase):
    def test_generators(self):
        evens = itertools.islice((n for n in itertools.count() if n % 2 == 0), 5)
        self.assertEqual(functools.reduce(operator.add, evens), 20)

    def test_recursion_limit(self):
        def down():
            return down()

        with self.assertRaises(RecursionError):
            down()

    def test_context_manager(self):
        seen = []

        @contextlib.contextmanager
        def manager():
            seen.append("in")
            try:
                yield
            finally:
                seen.append("out")

        with self.assertRaises(KeyError), manager():
            raise KeyError("x")
        self.assertEqual(seen, ["in", "out"])

    def test_exception_chain(self):
        try:
            try:
                raise ValueError("inner")
            except ValueError as inner:
                raise RuntimeError("outer") from inner
        except RuntimeError as outer:
            self.assertIsInstance(outer.__cause__, ValueError)


if __name__ == "__main__":
    unittest.main()
