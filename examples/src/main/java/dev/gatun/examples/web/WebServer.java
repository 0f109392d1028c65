package dev.gatun.examples.web;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gatun.Allocator;
import dev.gatun.DeadlineException;
import dev.gatun.Engine;
import dev.gatun.InstancePool;
import dev.gatun.Limits;
import dev.gatun.Module;
import dev.gatun.PoolExhaustedException;
import dev.gatun.ThrownException;
import dev.gatun.Trap;
import dev.gatun.WasmException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A web server whose tenants bring their own code. {@code PUT /TENANT} takes a module, in the text format, and
 * {@code POST /TENANT} calls its function {@code handle}, which gets the request's body and returns the reply's.
 *
 * <p>Each request has an instance to itself, of its tenant's pool, and finds it as all others do: nothing of an earlier
 * request is in it. A request that computes for too long is answered with status 504, one that fails with 500.
 *
 * <p>Requests run on virtual threads. One that runs wasm occupies a processor until it is done, as it would with any
 * code that does not wait.
 */
public final class WebServer implements AutoCloseable {
  private static final int MAX_BODY = 1 << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Engine engine;
  private final Map<String, InstancePool> pools = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  /** What a tenant's module exports. Nothing is freed: an instance is gone after one request. */
  @Allocator(allocate = "alloc")
  public interface Handler {
    /** The reply to a request; null if its address and length are 0. */
    byte @Nullable [] handle(byte[] request);
  }

  private record Reply(int status, byte[] body) {
    static Reply of(int status, String text) {
      return new Reply(status, text.getBytes(StandardCharsets.UTF_8));
    }

    static Reply of(int status, RuntimeException e) {
      return of(status, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Starts a server for this machine alone.
   *
   * @param port 0 for any that is free
   * @param timeout how long a guest may take for a request
   */
  public WebServer(int port, Duration timeout) throws IOException {
    engine = Engine.builder().limits(Limits.builder().memory(16 << 20).timeout(timeout).build()).build();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  /** Where it listens. */
  public int port() {
    return server.getAddress().getPort();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Reply reply = reply(exchange);
      exchange.sendResponseHeaders(reply.status, reply.body.length == 0 ? -1 : reply.body.length);
      exchange.getResponseBody().write(reply.body);
    }
  }

  private Reply reply(HttpExchange exchange) throws IOException {
    String tenant = exchange.getRequestURI().getPath();
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY + 1);
    if (body.length > MAX_BODY) {
      return Reply.of(413, "more than " + MAX_BODY + " bytes");
    }
    return switch (exchange.getRequestMethod()) {
      case "PUT" -> install(tenant, new String(body, StandardCharsets.UTF_8));
      case "POST" -> handle(tenant, body);
      default -> Reply.of(405, "PUT a module, or POST a request to it");
    };
  }

  private Reply install(String tenant, String text) {
    try (Module module = engine.compileText(text)) {
      InstancePool pool =
          InstancePool.builder(module).initialize(instance -> instance.as(Handler.class)).build();
      InstancePool old = pools.put(tenant, pool);
      if (old != null) {
        old.close();
      }
      return Reply.of(201, "");
    } catch (WasmException | Trap | ThrownException e) {
      return Reply.of(400, e);
    }
  }

  private Reply handle(String tenant, byte[] request) {
    InstancePool pool = pools.get(tenant);
    if (pool == null) {
      return Reply.of(404, "no module was PUT here");
    }
    try (InstancePool.Lease lease = pool.acquire(PATIENCE)) {
      byte[] reply = lease.instance().as(Handler.class).handle(request);
      return new Reply(200, reply == null ? new byte[0] : reply);
    } catch (DeadlineException e) {
      return Reply.of(504, e);
    } catch (PoolExhaustedException e) {
      return Reply.of(503, e);
    } catch (Trap | ThrownException e) {
      return Reply.of(500, e);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
    pools.values().forEach(InstancePool::close);
    engine.close();
  }

  /** Serves at the port {@code arguments[0]} until the process is ended. */
  public static void main(String[] arguments) throws IOException {
    WebServer server = new WebServer(Integer.parseInt(arguments[0]), Duration.ofSeconds(1));
    System.out.println("http://localhost:" + server.port());
  }
}
