package dev.gatun.cli.npm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProxyFromEnvironmentTest {
  private static List<Proxy> select(Map<String, String> environment, String uri) {
    return new ProxyFromEnvironment(environment).select(URI.create(uri));
  }

  private static List<Proxy> proxy(String host, int port) {
    return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(host, port)));
  }

  @Test
  void theSchemeChoosesTheVariable() {
    Map<String, String> environment = Map.of("HTTPS_PROXY", "http://s.test:8080", "http_proxy", "p.test");
    assertEquals(proxy("s.test", 8080), select(environment, "https://x.test/"));
    assertEquals(proxy("p.test", 80), select(environment, "http://x.test/"));
    assertEquals(List.of(Proxy.NO_PROXY), select(Map.of(), "https://x.test/"));
  }

  @Test
  void someHostsAreExcluded() {
    Map<String, String> environment =
        Map.of("https_proxy", "http://p.test:1", "no_proxy", "localhost, .a.test,b.test:443");
    assertEquals(List.of(Proxy.NO_PROXY), select(environment, "https://localhost/"));
    assertEquals(List.of(Proxy.NO_PROXY), select(environment, "https://x.a.test/"));
    assertEquals(List.of(Proxy.NO_PROXY), select(environment, "https://b.test/"));
    assertEquals(proxy("p.test", 1), select(environment, "https://ab.test/"));
    assertEquals(List.of(Proxy.NO_PROXY), select(Map.of("https_proxy", "p.test", "NO_PROXY", "*"), "https://x.test/"));
  }
}
