package org.sardiffusion.runtime.parameter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sardiffusion.core.raster.Size;

/**
 * What values a parameter can have, and how they are written: as text, as JSON, and in a JSON
 * Schema.
 *
 * @param <T> the values
 */
public final class ValueType<T> {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Pattern SIZE = Pattern.compile("(\\d{1,7})\\s*[xX]\\s*(\\d{1,7})");
  private static final Pattern COMMA = Pattern.compile("[+-]?\\d+,\\d+");

  /** A pair of numbers: a place, or an interval. */
  public record Pair(double x, double y) {
    @Override
    public String toString() {
      return x + "," + y;
    }
  }

  /** Two whole numbers: an offset in pixels. */
  public record Offset(int x, int y) {
    @Override
    public String toString() {
      return x + "," + y;
    }
  }

  private final String label;
  private final Function<String, T> parse;
  private final Function<JsonNode, Optional<T>> read;
  private final Function<T, JsonNode> write;
  private final ObjectNode schema;
  private final Function<T, Optional<String>> complaint;

  private ValueType(
      String label, Text<T> text, Json<T> json, Function<T, Optional<String>> complaint) {
    this.label = label;
    this.parse = text.parse;
    this.read = json.read;
    this.write = json.write;
    this.schema = json.schema;
    this.complaint = complaint;
  }

  /** How values are read from text. */
  private record Text<T>(Function<String, T> parse) {}

  /** How values are read from and written to JSON. */
  private record Json<T>(
      Function<JsonNode, Optional<T>> read, Function<T, JsonNode> write, ObjectNode schema) {}

  private static ObjectNode schema(String type) {
    return NODES.objectNode().put("type", type);
  }

  private static <T> Optional<T> when(boolean fits, JsonNode json, Function<JsonNode, T> value) {
    return fits ? Optional.of(value.apply(json)) : Optional.empty();
  }

  /** Free text, taken as it is. */
  public static ValueType<String> text() {
    return new ValueType<>(
        "TEXT",
        new Text<>(text -> text),
        new Json<>(
            json -> when(json.isTextual(), json, JsonNode::textValue),
            TextNode::valueOf,
            schema("string")),
        value -> Optional.empty());
  }

  /** Any whole number of 64 bits. */
  public static ValueType<Long> whole() {
    return new ValueType<>(
        "N",
        new Text<>(ValueType::parseLong),
        new Json<>(
            json ->
                when(json.isIntegralNumber() && json.canConvertToLong(), json, JsonNode::longValue),
            LongNode::valueOf,
            schema("integer")),
        value -> Optional.empty());
  }

  /** A whole number from {@code least}. */
  public static ValueType<Integer> count(int least) {
    return new ValueType<>(
        "N",
        new Text<>(ValueType::parseInt),
        new Json<>(
            json -> when(json.isInt(), json, JsonNode::intValue),
            IntNode::valueOf,
            schema("integer").put("minimum", least)),
        value -> value < least ? Optional.of("be at least " + least) : Optional.empty());
  }

  /** Any finite number. */
  public static ValueType<Double> number() {
    return number(
        schema("number"),
        value -> Double.isFinite(value) ? Optional.empty() : Optional.of("be a finite number"));
  }

  /** A number between two others, or one of them. */
  public static ValueType<Double> between(double least, double most) {
    return number(
        schema("number").put("minimum", least).put("maximum", most),
        value ->
            value >= least && value <= most
                ? Optional.empty()
                : Optional.of("lie between " + plain(least) + " and " + plain(most)));
  }

  /** A number above {@code bound}, up to {@code most}. */
  public static ValueType<Double> above(double bound, double most) {
    ObjectNode range = schema("number").put("exclusiveMinimum", bound);
    if (Double.isFinite(most)) {
      range.put("maximum", most);
    }
    return number(
        range,
        value ->
            value > bound && value <= most
                ? Optional.empty()
                : Optional.of(
                    "be above "
                        + plain(bound)
                        + (Double.isFinite(most) ? " and at most " + plain(most) : "")));
  }

  private static ValueType<Double> number(
      ObjectNode schema, Function<Double, Optional<String>> complaint) {
    return new ValueType<>(
        "X",
        new Text<>(ValueType::parseDouble),
        new Json<>(
            json -> when(json.isNumber(), json, JsonNode::doubleValue),
            DoubleNode::valueOf,
            schema),
        complaint);
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  /** True or false. */
  public static ValueType<Boolean> flag() {
    return new ValueType<>(
        "",
        new Text<>(
            text ->
                switch (text) {
                  case "true" -> true;
                  case "false" -> false;
                  default -> throw wrong(text, "true or false");
                }),
        new Json<>(
            json -> when(json.isBoolean(), json, JsonNode::booleanValue),
            BooleanNode::valueOf,
            schema("boolean")),
        value -> Optional.empty());
  }

  /** Columns and rows; as text {@code 320x240}, as JSON {@code [320, 240]}. */
  public static ValueType<Size> size() {
    ValueType<List<Integer>> sides = counts(2, 2);
    return new ValueType<>(
        "WxH",
        new Text<>(ValueType::parseSize),
        new Json<>(
            json -> sides.read(json).map(list -> new Size(list.get(0), list.get(1))),
            size -> sides.write(List.of(size.width(), size.height())),
            sides.schema),
        value -> Optional.empty());
  }

  /** Whole numbers, separated by commas; as JSON an array. */
  public static ValueType<List<Integer>> counts() {
    return counts(1, Integer.MAX_VALUE);
  }

  private static ValueType<List<Integer>> counts(int fewest, int most) {
    return list("N,...", count(Integer.MIN_VALUE), fewest, most);
  }

  /** Texts, separated by commas; as JSON an array. */
  public static ValueType<List<String>> texts() {
    return list("TEXT,...", text(), 1, Integer.MAX_VALUE);
  }

  /** Numbers, separated by commas; as JSON an array. */
  public static ValueType<List<Double>> numbers() {
    return list("X,...", number(), 1, Integer.MAX_VALUE);
  }

  private static <E> ValueType<List<E>> list(
      String label, ValueType<E> element, int fewest, int most) {
    ObjectNode schema = schema("array").put("minItems", fewest);
    if (most < Integer.MAX_VALUE) {
      schema.put("maxItems", most);
    }
    schema.set("items", schema(element.schema.get("type").asText()));
    return new ValueType<>(
        label,
        new Text<>(text -> parseList(text, element, fewest, most)),
        new Json<>(
            json -> readList(json, element, fewest, most),
            values -> {
              ArrayNode array = NODES.arrayNode();
              values.forEach(value -> array.add(element.write(value)));
              return array;
            },
            schema),
        value -> Optional.empty());
  }

  private static <E> List<E> parseList(String text, ValueType<E> element, int fewest, int most) {
    String[] parts = text.split(",", -1);
    if (parts.length < fewest || parts.length > most) {
      throw wrong(text, fewest + " numbers, separated by commas");
    }
    List<E> values = new ArrayList<>();
    for (String part : parts) {
      values.add(element.parse(part.strip()));
    }
    return List.copyOf(values);
  }

  private static <E> Optional<List<E>> readList(
      JsonNode json, ValueType<E> element, int fewest, int most) {
    if (!json.isArray() || json.size() < fewest || json.size() > most) {
      return Optional.empty();
    }
    List<E> values = new ArrayList<>();
    for (JsonNode each : json) {
      element.read(each).ifPresent(values::add);
    }
    return values.size() == json.size() ? Optional.of(List.copyOf(values)) : Optional.empty();
  }

  /** Two numbers. */
  public static ValueType<Pair> pair() {
    ValueType<List<Double>> both = list("X,Y", number(), 2, 2);
    return new ValueType<>(
        "X,Y",
        new Text<>(
            text -> {
              if (text.split(",", -1).length != 2) {
                throw wrong(text, "a pair of numbers X,Y");
              }
              List<Double> list = both.parse(text);
              return new Pair(list.get(0), list.get(1));
            }),
        new Json<>(
            json -> both.read(json).map(list -> new Pair(list.get(0), list.get(1))),
            pair -> both.write(List.of(pair.x, pair.y)),
            both.schema),
        value -> Optional.empty());
  }

  /** Two numbers of which {@code 0 <= first <= second <= 1}: a part of the steps. */
  public static ValueType<Pair> interval() {
    ValueType<Pair> pair = pair();
    return new ValueType<>(
        "FROM,TO",
        new Text<>(pair.parse),
        new Json<>(pair.read, pair.write, pair.schema),
        value ->
            value.x >= 0 && value.x <= value.y && value.y <= 1
                ? Optional.empty()
                : Optional.of("be 0 <= start <= end <= 1"));
  }

  /** Two whole numbers. */
  public static ValueType<Offset> offset() {
    ValueType<List<Integer>> both = counts(2, 2);
    return new ValueType<>(
        "X,Y",
        new Text<>(
            text -> {
              List<Integer> list = both.parse(text);
              return new Offset(list.get(0), list.get(1));
            }),
        new Json<>(
            json -> both.read(json).map(list -> new Offset(list.get(0), list.get(1))),
            offset -> both.write(List.of(offset.x, offset.y)),
            both.schema),
        value -> Optional.empty());
  }

  /**
   * One of some names.
   *
   * @param names all of them
   * @param parse from a name, or another spelling of it
   * @param name back
   */
  public static <E> ValueType<E> name(
      List<String> names, Function<String, E> parse, Function<E, String> name) {
    ObjectNode schema = schema("string");
    names.forEach(schema.putArray("enum")::add);
    return new ValueType<>(
        "NAME",
        new Text<>(parse),
        new Json<>(
            json -> when(json.isTextual(), json, node -> parse.apply(node.textValue())),
            value -> TextNode.valueOf(name.apply(value)),
            schema),
        value -> Optional.empty());
  }

  /** The same under another label in the help. */
  public ValueType<T> labelled(String other) {
    return new ValueType<>(other, new Text<>(parse), new Json<>(read, write, schema), complaint);
  }

  /** What stands for a value in the help; empty for a flag. */
  public String label() {
    return label;
  }

  /** The names that a value can have; empty where it is no name. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    schema.path("enum").forEach(name -> names.add(name.asText()));
    return names;
  }

  /** The schema of a value in JSON, which the caller may add to. */
  public ObjectNode schema() {
    return schema.deepCopy();
  }

  /** Free text keeps its blanks. */
  T parse(String text) {
    boolean free = schema.path("type").asText().equals("string") && !schema.has("enum");
    return parse.apply(free ? text : text.strip());
  }

  Optional<T> read(JsonNode json) {
    return read.apply(json);
  }

  JsonNode write(T value) {
    return write.apply(value);
  }

  /** What a value out of the range must do instead, to follow "must". */
  Optional<String> complaint(T value) {
    return complaint.apply(value);
  }

  /** 1.0 is a whole number too: that is how tables with gaps write 1. */
  private static long parseLong(String text) {
    try {
      return new BigDecimal(text).longValueExact();
    } catch (NumberFormatException | ArithmeticException e) {
      throw wrong(text, "a whole number");
    }
  }

  private static int parseInt(String text) {
    try {
      return Math.toIntExact(parseLong(text));
    } catch (ArithmeticException e) {
      throw wrong(text, "a whole number below 2^31");
    }
  }

  private static double parseDouble(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw COMMA.matcher(text).matches()
          ? new ParameterException(
              "\"" + text + "\" is not a number: write " + text.replace(',', '.') + ".")
          : wrong(text, "a number");
    }
  }

  private static Size parseSize(String text) {
    Matcher matcher = SIZE.matcher(text);
    if (matcher.matches()) {
      return new Size(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }
    try {
      // One number is a square.
      return new Size(Integer.parseInt(text), Integer.parseInt(text));
    } catch (NumberFormatException e) {
      throw wrong(text, "a size: write WIDTHxHEIGHT, such as 1024x768");
    }
  }

  private static ParameterException wrong(String text, String right) {
    return new ParameterException("\"" + text + "\" is not " + right + ".");
  }
}
