package org.sardiffusion.runtime.bundle;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.runtime.TestBundles;
import org.sardiffusion.runtime.schedule.SchedulerConfig;
import org.sardiffusion.runtime.text.ClipTokenizer;

/** Whatever the configurations hold, opening gives a bundle or an error that says what is wrong. */
class BundleFuzzTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Values that programs trip over; as text, for some are beyond what a JSON tree can hold. */
  private static final List<String> NASTY =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1",
          "2",
          "0.5",
          "1e308",
          "-1e999",
          "1e-320",
          "2147483647",
          "-2147483648",
          "4294967296",
          "9223372036854775807",
          "18446744073709551616",
          "1e10000000",
          "\"\"",
          "\"NaN\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"../../x\"",
          "[]",
          "{}",
          "[null]",
          "[8, 8]",
          "[8, 8, 8]",
          "[-1, 0]",
          "[1e400]",
          "[[[[8]]]]",
          "{\"bytes\": 1}",
          "{\"content\": null}",
          "{\"../x\": {\"sha256\": \"00\", \"bytes\": 1}}");

  private static Path root;

  @BeforeContainer
  static void copy() throws IOException {
    root = Files.createTempDirectory("bundle-fuzz");
    TestBundles.copy(TestBundles.folder("eps-vae8"), root);
  }

  @AfterContainer
  static void delete() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }

  @Provide
  Arbitrary<String> files() {
    return Arbitraries.of(
        "model_index.json",
        "unet/config.json",
        "vae_decoder/config.json",
        "sar_config.json",
        "scheduler/scheduler_config.json");
  }

  @Property(tries = 600)
  void mutatedJsonOpensOrIsRefused(@ForAll("files") String name, @ForAll long seed)
      throws IOException {
    check(name, seed);
  }

  /** Fewer, for a tokenizer is much larger. */
  @Property(tries = 40)
  void mutatedTokenizersOpenOrAreRefused(@ForAll long seed) throws IOException {
    check(seed % 2 == 0 ? "tokenizer/tokenizer.json" : "tokenizer/tokenizer_config.json", seed);
  }

  private static void check(String name, long seed) throws IOException {
    Path file = root.resolve(name);
    byte[] original = Files.readAllBytes(file);
    try {
      Files.writeString(file, mutated(original, new Random(seed)));
      Bundle bundle = Bundle.open(root);
      // What opens is usable: no size, name or identity that overflows or is missing.
      assertTrue(bundle.sizeMultiple() > 0);
      assertTrue(bundle.defaultWidth() > 0 && bundle.defaultHeight() > 0);
      bundle.name();
      ModelIdentity.of(bundle);
      SchedulerConfig.read(bundle.schedulerConfig());
      if (name.startsWith("tokenizer")) {
        try (ClipTokenizer tokenizer = ClipTokenizer.load(root.resolve("tokenizer"))) {
          tokenizer.encode("A <SAR> image of a forest");
        }
      }
    } catch (SarDiffusionException e) {
      assertTrue(e.getMessage().length() > 20, e.getMessage());
    } finally {
      Files.write(file, original);
    }
  }

  /** One to three changes of the tree, or one of the text. */
  private static String mutated(byte[] original, Random random) throws IOException {
    JsonNode tree = MAPPER.readTree(original);
    List<String> later = new ArrayList<>();
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      change(tree, random, later);
    }
    String text = tree.toString();
    for (int i = 0; i < later.size(); i++) {
      text = text.replace("\"@" + i + "@\"", later.get(i));
    }
    if (random.nextInt(8) == 0) {
      int at = random.nextInt(text.length());
      text = text.substring(0, at) + (char) random.nextInt(0xD800) + text.substring(at + 1);
    }
    return random.nextInt(16) == 0 ? text.substring(0, random.nextInt(text.length())) : text;
  }

  /** Walks to a random container and replaces, removes or adds one value in it. */
  private static void change(JsonNode tree, Random random, List<String> later) {
    JsonNode at = tree;
    while (true) {
      List<JsonNode> inner = new ArrayList<>();
      at.forEach(
          node -> {
            if (node.isContainerNode() && !node.isEmpty()) {
              inner.add(node);
            }
          });
      if (inner.isEmpty() || random.nextInt(3) == 0) {
        break;
      }
      at = inner.get(random.nextInt(inner.size()));
    }
    later.add(NASTY.get(random.nextInt(NASTY.size())));
    String placeholder = "@" + (later.size() - 1) + "@";
    if (at instanceof ObjectNode object && !object.isEmpty()) {
      List<String> keys = new ArrayList<>();
      object.fieldNames().forEachRemaining(keys::add);
      String key = keys.get(random.nextInt(keys.size()));
      if (random.nextInt(4) == 0) {
        object.remove(key);
      } else {
        object.put(key, placeholder);
      }
    } else if (at instanceof ArrayNode array && !array.isEmpty()) {
      int index = random.nextInt(array.size());
      switch (random.nextInt(3)) {
        case 0 -> array.remove(index);
        case 1 -> array.add(placeholder);
        default -> array.set(index, placeholder);
      }
    }
  }
}
