package dev.gatun.cli.npm;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name, in capitals or not, as npm and most programs take them. */
final class ProxyFromEnvironment extends ProxySelector {
  private final Map<String, String> environment;

  ProxyFromEnvironment(Map<String, String> environment) {
    this.environment = environment;
  }

  private @Nullable String variable(String name) {
    String value = environment.get(name.toLowerCase(Locale.ROOT));
    if (value == null || value.isEmpty()) {
      value = environment.get(name);
    }
    return value == null || value.isEmpty() ? null : value;
  }

  @Override
  public List<Proxy> select(URI uri) {
    String proxy = variable("https".equals(uri.getScheme()) ? "HTTPS_PROXY" : "HTTP_PROXY");
    if (proxy == null || isExcluded(uri.getHost())) {
      return List.of(Proxy.NO_PROXY);
    }
    URI address = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
    if (address.getHost() == null) {
      throw new IllegalArgumentException("the proxy '" + proxy + "' of the environment is no URL");
    }
    int port = address.getPort() >= 0 ? address.getPort() : "https".equals(address.getScheme()) ? 443 : 80;
    return List.of(new Proxy(Proxy.Type.HTTP, InetSocketAddress.createUnresolved(address.getHost(), port)));
  }

  private boolean isExcluded(String host) {
    String list = variable("NO_PROXY");
    if (list == null) {
      return false;
    }
    for (String entry : list.split(",")) {
      String name = entry.strip();
      int port = name.lastIndexOf(':');
      if (port > 0) {
        name = name.substring(0, port);
      }
      while (name.startsWith("*") || name.startsWith(".")) {
        if (name.equals("*")) {
          return true;
        }
        name = name.substring(1);
      }
      if (!name.isEmpty() && (host.equals(name) || host.endsWith("." + name))) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void connectFailed(URI uri, SocketAddress address, IOException e) {
    // There is one proxy: its failure is the request's.
  }
}
