package dev.gatun.cli.npm;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client of the user's npm registries. */
final class Registry implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** The short form of a package's metadata, which is enough to install. */
  private static final String METADATA = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8";

  private final RegistrySettings settings;
  private final HttpClient client;

  Registry(RegistrySettings settings, Map<String, String> environment) {
    this.settings = settings;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(TIMEOUT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .proxy(new ProxyFromEnvironment(environment))
            .build();
  }

  /**
   * What the registry says of a version.
   *
   * @param version the version
   * @param tarball where its archive is
   * @param integrity the archive's hashes
   */
  record Release(String version, URI tarball, Integrity integrity) {}

  /**
   * Finds a version of a package.
   *
   * @throws PackageException if there is no such package or version
   * @throws IOException if the registry is not known or can't be reached
   */
  Release find(PackageReference reference) throws IOException {
    String name = reference.name();
    URI address = settings.registryOf(name);
    Map<String, Object> metadata;
    HttpResponse<InputStream> response = get(address.resolve(name.replace("/", "%2f")), METADATA, name);
    try (InputStream in = response.body()) {
      metadata = JSON.std.mapFrom(in);
    } catch (IOException e) {
      throw new PackageException("npm:" + name + ": the registry's answer can't be read: " + e.getMessage(), e);
    }
    Map<?, ?> tags = object(metadata.get("dist-tags"));
    Map<?, ?> versions = object(metadata.get("versions"));
    Object tagged = reference.isPinned() ? null : tags.get(reference.version());
    String version = tagged instanceof String text ? text : reference.version();
    if (!(versions.get(version) instanceof Map<?, ?> release)) {
      throw new PackageException(
          "npm:" + name + ": the registry has no version '" + reference.version() + "'; it has "
              + listed(tags, versions));
    }
    // The version becomes the name of a folder.
    PackageReference.checkVersion(name + "@" + version, version);
    Map<?, ?> distribution = object(release.get("dist"));
    Object tarball = distribution.get("tarball");
    Object integrity = distribution.get("integrity");
    if (!(tarball instanceof String url)) {
      throw new PackageException("npm:" + name + "@" + version + ": the registry names no archive");
    }
    try {
      return new Release(version, address.resolve(url), Integrity.parse(integrity instanceof String text ? text : ""));
    } catch (PackageException | IllegalArgumentException e) {
      throw new PackageException("npm:" + name + "@" + version + ": " + e.getMessage(), e);
    }
  }

  private static Map<?, ?> object(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static String listed(Map<?, ?> tags, Map<?, ?> versions) {
    List<Object> names = new ArrayList<>(versions.keySet());
    int from = Math.max(0, names.size() - 10);
    StringBuilder text = new StringBuilder(from > 0 ? "... " : "");
    for (Object name : names.subList(from, names.size())) {
      text.append(name).append(' ');
    }
    return text.append("and the tags ").append(tags.keySet()).toString();
  }

  /**
   * Fetches a release's archive into a file and checks it.
   *
   * @param what what it is called on the progress bar and in messages
   * @throws PackageException if it is not what the registry vouches for
   */
  void download(Release release, Path file, String what) throws IOException {
    HttpResponse<InputStream> response = get(release.tarball(), "*/*", what);
    long size = response.headers().firstValueAsLong("content-length").orElse(-1);
    MessageDigest digest = Integrity.newDigest();
    try (InputStream in = response.body();
        OutputStream out = Files.newOutputStream(file);
        Progress progress = new Progress(System.err, Progress.isTerminal(), what, size)) {
      byte[] buffer = new byte[64 << 10];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
        out.write(buffer, 0, count);
        progress.advance(count);
      }
    }
    if (!release.integrity().matches(digest.digest())) {
      throw new PackageException(
          "npm:" + what + ": what " + release.tarball().getHost()
              + " sent does not have the SHA-512 hash that the registry"
              + " vouches for; nothing was kept. Try again; if it persists, the registry or a proxy on the way is"
              + " broken");
    }
  }

  private HttpResponse<InputStream> get(URI uri, String accept, String what) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(uri).timeout(TIMEOUT).header("Accept", accept).header("User-Agent", "gatun").build();
    String asked = "npm:" + what + ": the registry at " + uri.getHost();
    HttpResponse<InputStream> response;
    try {
      response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      throw new PackageException(asked + " can't be reached: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PackageException(asked + " was not waited for: interrupted", e);
    }
    int status = response.statusCode();
    if (status == 200) {
      return response;
    }
    response.body().close();
    String answer =
        switch (status) {
          case 404 -> " does not have it";
          case 401, 403 ->
              " wants a login, which gatun does not do; use 'npm pack' and the file in the archive that it makes";
          default -> " answers with status " + status;
        };
    throw new PackageException(asked + answer);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
