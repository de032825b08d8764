package org.sardiffusion.pipelines.recipe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.core.raster.Window;
import org.sardiffusion.pipelines.InputFile;

/** Reads the fields of an object of JSON; a wrong one is a damaged recipe. */
record Fields(JsonNode json) {

  boolean has(String key) {
    return json.hasNonNull(key);
  }

  String text(String key) {
    return required(key, JsonNode::isTextual).textValue();
  }

  Optional<String> optionalText(String key) {
    return optional(key, Fields::text);
  }

  double number(String key) {
    return required(key, JsonNode::isNumber).doubleValue();
  }

  OptionalDouble optionalNumber(String key) {
    return has(key) ? OptionalDouble.of(number(key)) : OptionalDouble.empty();
  }

  boolean flag(String key) {
    return required(key, JsonNode::isBoolean).booleanValue();
  }

  Fields object(String key) {
    return new Fields(required(key, JsonNode::isObject));
  }

  List<Fields> objects(String key) {
    List<Fields> objects = new ArrayList<>();
    required(key, n -> n.isArray() && !n.isEmpty()).forEach(each -> objects.add(new Fields(each)));
    return objects;
  }

  List<Double> numbers(String key) {
    List<Double> numbers = new ArrayList<>();
    for (JsonNode each : required(key, JsonNode::isArray)) {
      numbers.add(check(each, JsonNode::isNumber, key).doubleValue());
    }
    return numbers;
  }

  List<Double> numbers(String key, int length) {
    List<Double> numbers = numbers(key);
    check(json.get(key), n -> numbers.size() == length, key);
    return numbers;
  }

  List<String> texts(String key) {
    List<String> texts = new ArrayList<>();
    for (JsonNode each : required(key, JsonNode::isArray)) {
      texts.add(check(each, JsonNode::isTextual, key).textValue());
    }
    return texts;
  }

  private List<Integer> counts(String key, int length) {
    List<Integer> counts = new ArrayList<>();
    for (JsonNode each : required(key, n -> n.isArray() && n.size() == length)) {
      counts.add(check(each, JsonNode::isInt, key).intValue());
    }
    return counts;
  }

  Size size(String key) {
    List<Integer> sides = counts(key, 2);
    return new Size(sides.get(0), sides.get(1));
  }

  Window window(String key) {
    List<Integer> sides = counts(key, 4);
    return new Window(sides.get(0), sides.get(1), sides.get(2), sides.get(3));
  }

  /** The constant whose name this is, in lower case. */
  <E extends Enum<E>> E choice(String key, Class<E> choices) {
    String text = text(key);
    for (E choice : choices.getEnumConstants()) {
      if (lower(choice).equals(text)) {
        return choice;
      }
    }
    throw damaged("\"" + key + "\" can't be \"" + text + "\"");
  }

  static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  InputFile file(String key) {
    return object(key).file();
  }

  InputFile file() {
    try {
      return new InputFile(Path.of(text("file")), text("sha256"));
    } catch (InvalidPathException e) {
      throw damaged(e.getMessage());
    }
  }

  static ObjectNode write(ObjectNode json, InputFile file) {
    return json.put("file", file.path().toString()).put("sha256", file.sha256());
  }

  <T> Optional<T> optional(String key, java.util.function.BiFunction<Fields, String, T> read) {
    return has(key) ? Optional.of(read.apply(this, key)) : Optional.empty();
  }

  <T> Optional<T> section(String key, Function<Fields, T> read) {
    return has(key) ? Optional.of(read.apply(object(key))) : Optional.empty();
  }

  private JsonNode required(String key, Predicate<JsonNode> kind) {
    if (!has(key)) {
      throw damaged("it lacks \"" + key + "\"");
    }
    return check(json.get(key), kind, key);
  }

  private static JsonNode check(JsonNode value, Predicate<JsonNode> kind, String key) {
    if (!kind.test(value)) {
      throw damaged("\"" + key + "\" can't be " + value);
    }
    return value;
  }

  private static RecipeException damaged(String why) {
    return new RecipeException("The image's recipe is damaged: " + why + ".");
  }
}
