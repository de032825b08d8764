package org.sardiffusion.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Chromium without a window, driven by the DevTools protocol; one page at a time. */
final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ADDRESS = "DevTools listening on ";
  private static final int PATIENCE_SECONDS = 60;

  private final Path profile;
  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger last = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final List<JsonNode> events = new CopyOnWriteArrayList<>();
  private volatile CompletableFuture<Void> loaded = new CompletableFuture<>();
  private final String session;

  /** The browser of this machine, if it has one. */
  static Optional<Path> installed() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(
            name ->
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                    .map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  Browser(Path executable) throws Exception {
    profile = Files.createTempDirectory("browser");
    process =
        new ProcessBuilder(
                executable.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      socket =
          HttpClient.newHttpClient()
              .newWebSocketBuilder()
              .buildAsync(URI.create(address()), new Listener())
              .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      JsonNode target = ask("", "Target.createTarget", Map.of("url", "about:blank"));
      session =
          ask(
                  "",
                  "Target.attachToTarget",
                  Map.of("targetId", target.get("targetId").asText(), "flatten", true))
              .get("sessionId")
              .asText();
      for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
        ask(domain + ".enable", Map.of());
      }
    } catch (Exception e) {
      process.destroyForcibly();
      throw e;
    }
  }

  private String address() throws IOException {
    BufferedReader errors =
        new BufferedReader(
            new java.io.InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8));
    StringBuilder said = new StringBuilder();
    for (String line = errors.readLine(); line != null; line = errors.readLine()) {
      if (line.startsWith(ADDRESS)) {
        // What it goes on to say must not fill the pipe.
        Thread drain = new Thread(() -> errors.lines().forEach(l -> {}));
        drain.setDaemon(true);
        drain.start();
        return line.substring(ADDRESS.length());
      }
      said.append(line).append('\n');
    }
    throw new IOException("Chromium did not start: " + said);
  }

  /**
   * Opens a file as a window of a width sees it.
   *
   * @param width CSS pixels
   */
  void open(Path page, int width) throws Exception {
    ask(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 844, "deviceScaleFactor", 1, "mobile", width < 600));
    events.clear();
    loaded = new CompletableFuture<>();
    ask("Page.navigate", Map.of("url", page.toUri().toString()));
    loaded.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** The value of an expression of JavaScript. */
  JsonNode value(String expression) throws Exception {
    return ask("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true))
        .at("/result/value");
  }

  /** What went wrong since the page was opened: errors and warnings of the console. */
  List<String> complaints() {
    List<String> complaints = new ArrayList<>();
    for (JsonNode event : events) {
      String method = event.get("method").asText();
      boolean spoken =
          method.equals("Runtime.consoleAPICalled")
              && List.of("error", "warning", "assert").contains(event.at("/params/type").asText());
      boolean logged =
          method.equals("Log.entryAdded")
              && List.of("error", "warning").contains(event.at("/params/entry/level").asText());
      if (spoken || logged || method.equals("Runtime.exceptionThrown")) {
        complaints.add(event.toString());
      }
    }
    return complaints;
  }

  /** The addresses of all that was loaded since the page was opened. */
  List<String> requests() {
    return events.stream()
        .filter(e -> e.get("method").asText().equals("Network.requestWillBeSent"))
        .map(e -> e.at("/params/request/url").asText())
        .toList();
  }

  /** A picture of the whole page. */
  byte[] screenshot() throws Exception {
    JsonNode shot =
        ask("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
    return Base64.getDecoder().decode(shot.get("data").asText());
  }

  private JsonNode ask(String method, Map<String, Object> parameters) throws Exception {
    return ask(session, method, parameters);
  }

  private JsonNode ask(String to, String method, Map<String, Object> parameters) throws Exception {
    int id = last.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", JSON.valueToTree(parameters));
    if (!to.isEmpty()) {
      message.put("sessionId", to);
    }
    socket.sendText(message.toString(), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    JsonNode result = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (result.has("error")) {
      throw new IOException(method + ": " + result.get("error"));
    }
    return result.get("result");
  }

  /** Puts messages together and hands them on. */
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean end) {
      text.append(data);
      if (end) {
        receive(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }

    private void receive(String message) {
      try {
        JsonNode json = JSON.readTree(message);
        if (json.has("id")) {
          answers.remove(json.get("id").asInt()).complete(json);
        } else {
          events.add(json);
          if (json.get("method").asText().equals("Page.loadEventFired")) {
            loaded.complete(null);
          }
        }
      } catch (IOException e) {
        loaded.completeExceptionally(e);
      }
    }
  }

  @Override
  public void close() {
    socket.abort();
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    // Its helpers may still be writing: what they hold stays in the system's temporary folder.
    try (Stream<Path> files = Files.walk(profile)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException | UncheckedIOException e) {
      profile.toFile().deleteOnExit();
    }
  }
}
