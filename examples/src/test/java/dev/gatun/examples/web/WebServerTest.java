package dev.gatun.examples.web;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WebServerTest {
  private static final List<String> TENANTS = List.of("acme", "ajax", "apex", "atom");
  private static final int THREADS = 8;
  private static final int REQUESTS = 1000;
  private static final int LOOPS = 6;

  private static WebServer server;
  private static HttpClient client;

  @BeforeAll
  static void start() throws Exception {
    server = new WebServer(0, Duration.ofSeconds(1));
    client = HttpClient.newHttpClient();
    String tenant = Files.readString(Path.of("src/main/wasm/tenant.wat"));
    for (String name : TENANTS) {
      HttpResponse<String> response = send("PUT", name, tenant.replace("NAME", name));
      assertEquals(201, response.statusCode(), response.body());
    }
    assertEquals(201, send("PUT", "loop", handler("(loop $l (br $l)) (unreachable)")).statusCode());
  }

  @AfterAll
  static void close() {
    client.close();
    server.close();
  }

  private static String handler(String body) {
    return """
        (module
          (memory (export "memory") 1)
          (func (export "alloc") (param i32) (result i32) (i32.const 1024))
          (func (export "handle") (param i32 i32) (result i32 i32) %s))"""
        .formatted(body);
  }

  private static HttpResponse<String> send(String method, String tenant, String body)
      throws IOException, InterruptedException {
    URI uri = URI.create("http://localhost:" + server.port() + "/" + tenant);
    return client.send(
        HttpRequest.newBuilder(uri).method(method, BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  /** A thousand requests from several threads; meanwhile some guests never end. */
  @Test
  void tenantsDoNotSeeEachOther() throws Exception {
    long start = System.nanoTime();
    List<Future<?>> futures = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (int i = 0; i < REQUESTS; i++) {
        int number = i;
        futures.add(
            threads.submit(
                () -> {
                  if (number % (REQUESTS / LOOPS) == 0) {
                    HttpResponse<String> response = send("POST", "loop", "");
                    assertEquals(504, response.statusCode());
                    assertTrue(response.body().contains("deadline exceeded"), response.body());
                  }
                  String tenant = TENANTS.get(number % TENANTS.size());
                  HttpResponse<String> response = send("POST", tenant, "request " + number);
                  assertEquals(tenant + "1 request " + number, response.body());
                  assertEquals(200, response.statusCode());
                  return null;
                }));
      }
    }
    for (Future<?> future : futures) {
      future.get();
    }
    System.out.printf("%,.0f requests/s%n", REQUESTS / ((System.nanoTime() - start) / 1e9));
  }

  @Test
  void faultsAreAnswered() throws Exception {
    assertEquals(404, send("POST", "nobody", "").statusCode());
    assertEquals(405, send("DELETE", "acme", "").statusCode());
    assertEquals(413, send("POST", "acme", "x".repeat((1 << 20) + 1)).statusCode());
    assertEquals(500, send("POST", "acme", "x".repeat(100_000)).statusCode());
    assertEquals("acme1 still here", send("POST", "acme", "still here").body());
    assertEquals(400, send("PUT", "broken", "(module").statusCode());
    HttpResponse<String> response = send("PUT", "broken", "(module (func (export \"handle\")))");
    assertEquals(400, response.statusCode());
    assertTrue(response.body().contains("handle"), response.body());
    assertEquals(201, send("PUT", "traps", handler("(unreachable)")).statusCode());
    assertEquals(500, send("POST", "traps", "").statusCode());
  }

  @Test
  void aModuleIsReplaced() throws Exception {
    assertEquals(201, send("PUT", "changing", handler("(i32.const 0) (i32.const 0)")).statusCode());
    assertEquals("", send("POST", "changing", "x").body());
    String tenant = Files.readString(Path.of("src/main/wasm/tenant.wat"));
    assertEquals(201, send("PUT", "changing", tenant.replace("NAME", "new!")).statusCode());
    assertEquals("new!1 x", send("POST", "changing", "x").body());
  }
}
