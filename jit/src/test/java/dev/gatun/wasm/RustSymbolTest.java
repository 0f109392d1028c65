package dev.gatun.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RustSymbolTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "_ZN4core3fmt5write17h0123456789abcdefE | core::fmt::write",
        "_ZN3std3sys4wasi2fs4copy17h004eb2fde1cd09baE.llvm.12345 | std::sys::wasi::fs::copy",
        "_ZN58_$LT$alloc..string..String$u20$as$u20$core..fmt..Debug$GT$3fmt17h0123456789abcdefE"
            + " | <alloc::string::String as core::fmt::Debug>::fmt",
        "_ZN4main28_$u7b$$u7b$closure$u7d$$u7d$17h0123456789abcdefE | main::{{closure}}",
        "_ZN1a12_$RF$mut$C$b17h0123456789abcdefE | a::&mut,b",
      })
  void pathsAreReadable(String symbol, String path) {
    assertEquals(path, RustSymbol.readable(symbol));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "main",
        "",
        "_ZN",
        "_ZNE",
        "_ZN3foo3barE",
        "_ZN3foo3barEi",
        "_ZN17h0123456789abcdefE",
        "_ZN4core17h0123456789abcdeg",
        "_ZN4core17h0123456789abcdef",
        "_ZN99999999999999999999core17h0123456789abcdefE",
        "_ZN0core17h0123456789abcdefE",
        "_ZNSt6vectorIiE17h0123456789abcdefE",
      })
  void otherNamesStay(String symbol) {
    assertEquals(symbol, RustSymbol.readable(symbol));
  }

  @Test
  void whatIsNoEscapeStays() {
    assertEquals("a$b::$zz$c", RustSymbol.readable("_ZN3a$b6$zz$c.17h0123456789abcdefE").replace(".", ""));
    assertEquals("a::$u110000$", RustSymbol.readable("_ZN1a9$u110000$17h0123456789abcdefE"));
  }
}
