package org.sardiffusion.geo.provenance;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What every file says about itself: that it is synthetic, and how it was made.
 *
 * @param model name of the model
 * @param modelSha256 SHA-256 of the model, lower-case hexadecimal
 * @param prompt the prompt, any text
 * @param seed the seed of the first image
 * @param software name and version of the program, such as {@code sar-diffusion 0.1.0}
 * @param recipe everything needed to make the same pixels again, as one JSON text; its meaning is
 *     the caller's
 * @param extra further items in their order; names are a letter, then letters, digits or
 *     underscores, and do not end in {@code _JSON}
 */
public record Provenance(
    String model,
    String modelSha256,
    String prompt,
    long seed,
    String software,
    String recipe,
    Map<String, String> extra) {

  private static final String SYNTHETIC = "SYNTHETIC";
  private static final String MODEL = "MODEL";
  private static final String MODEL_SHA256 = "MODEL_SHA256";
  private static final String PROMPT = "PROMPT";
  private static final String SEED = "SEED";
  private static final String SOFTWARE = "SOFTWARE";
  private static final String RECIPE = "RECIPE";

  /** Of the item that holds the exact text where the item proper cannot. */
  private static final String EXACT_SUFFIX = "_JSON";

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,63}");
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * @throws IllegalArgumentException if the hash is no SHA-256, or a name of an extra item is
   *     reserved or malformed
   */
  public Provenance {
    if (!SHA256.matcher(modelSha256).matches()) {
      throw new IllegalArgumentException(
          "A SHA-256 is 64 lower-case hexadecimal digits, not '" + modelSha256 + "'");
    }
    for (String name : extra.keySet()) {
      if (!NAME.matcher(name).matches() || name.endsWith(EXACT_SUFFIX) || isReserved(name)) {
        throw new IllegalArgumentException("'" + name + "' cannot name an extra item");
      }
    }
    extra = Collections.unmodifiableMap(new LinkedHashMap<>(extra));
  }

  /**
   * The items that go into a file, in order: {@code SYNTHETIC=YES}, then the fields, then the
   * extras.
   *
   * <p>Every value holds only characters that XML and PNG can carry. Where the text has others
   * (control characters, unpaired surrogates), the item shows U+FFFD in their place and a second
   * item {@code NAME_JSON} holds the exact text as a JSON string in ASCII.
   */
  public Map<String, String> items() {
    Map<String, String> items = new LinkedHashMap<>();
    items.put(SYNTHETIC, "YES");
    put(items, MODEL, model);
    put(items, MODEL_SHA256, modelSha256);
    put(items, PROMPT, prompt);
    put(items, SEED, Long.toString(seed));
    put(items, SOFTWARE, software);
    put(items, RECIPE, recipe);
    extra.forEach((name, value) -> put(items, name, value));
    return items;
  }

  /**
   * The inverse of {@link #items()}.
   *
   * @param items the items of a file; those that {@link #items()} does not make become extras where
   *     their names allow it, and are passed over otherwise
   * @return empty if the fields are not all there, as in a file of another program
   */
  public static Optional<Provenance> of(Map<String, String> items) {
    Map<String, String> exact = new LinkedHashMap<>();
    items.forEach(
        (name, value) -> {
          if (!name.endsWith(EXACT_SUFFIX)) {
            String json = items.get(name + EXACT_SUFFIX);
            exact.put(name, json == null ? value : TransportText.fromJson(json).orElse(value));
          }
        });
    Map<String, String> extra = new LinkedHashMap<>(exact);
    extra.keySet().removeIf(name -> isReserved(name) || !NAME.matcher(name).matches());
    try {
      for (String name : new String[] {MODEL, MODEL_SHA256, PROMPT, SEED, SOFTWARE, RECIPE}) {
        if (!exact.containsKey(name)) {
          return Optional.empty();
        }
      }
      return Optional.of(
          new Provenance(
              exact.get(MODEL),
              exact.get(MODEL_SHA256),
              exact.get(PROMPT),
              Long.parseLong(exact.get(SEED)),
              exact.get(SOFTWARE),
              exact.get(RECIPE),
              extra));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isReserved(String name) {
    return switch (name) {
      case SYNTHETIC, MODEL, MODEL_SHA256, PROMPT, SEED, SOFTWARE, RECIPE -> true;
      default -> false;
    };
  }

  private static void put(Map<String, String> items, String name, String value) {
    items.put(name, TransportText.visible(value));
    if (!TransportText.isSafe(value)) {
      items.put(name + EXACT_SUFFIX, TransportText.toJson(value));
    }
  }
}
