package org.sardiffusion.training.configuration;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** YAML in, values and places out; and changes that leave the rest of a text alone. */
class ConfigurationDocumentTest {
  private static final String TEXT =
      """
      # a recipe
      name: "été 😀"   # with an accent
      data:
        train: ../data   # here
        prompt: {prefix: "", empty: 0.1}
      prompts:
        - one
        - two

      # the end
      ema: null
      nothing:
      empty: {}
      rate: 5e-5
      """;

  private static final ConfigurationDocument DOCUMENT = ConfigurationDocument.parse("r.yaml", TEXT);

  @Test
  void placesCountFromOne() {
    assertEquals("r.yaml:2:7", DOCUMENT.where(KeyPath.of("name")));
    assertEquals("r.yaml:3:1", DOCUMENT.where(KeyPath.of("data")));
    assertEquals("r.yaml:5:31", DOCUMENT.where(KeyPath.of("data.prompt.empty")));
    assertEquals("r.yaml:8:5", DOCUMENT.where(KeyPath.of("prompts.1")));
    assertEquals("r.yaml:3:1", DOCUMENT.where(KeyPath.of("data.missing.deep")));
  }

  @Test
  void numbersWithoutADotAreNumbersAsInYaml12() {
    assertEquals(5e-5, DOCUMENT.value(KeyPath.of("rate")).orElseThrow().asDouble());
    assertTrue(DOCUMENT.value(KeyPath.of("rate")).orElseThrow().isNumber());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data.train=/x          | data.train: "/x"                    |   train: "/x"   # here
          name=b                 | name: "b"                           | name: "b"   # with an accent
          data.prompt.empty=0.5  | data.prompt.empty: 0.5              |   prompt: {prefix: "", empty: 0.5}
          data.prompt.replace=   | data.prompt.replace: null           |   prompt: {replace: null, prefix: "", empty: 0.1}
          data.crop=centre       | data.crop: "centre"                 |   crop: "centre"
          top=1                  | top: 1                              | top: 1
          ema.decay=0.5          | ema: {"decay":0.5}                  | ema: {decay: 0.5}
          nothing.at.all=true    | nothing: {"at":{"all":true}}        | nothing: {at: {all: true}}
          empty.not=[1, b]       | empty: {"not":[1,"b"]}              | empty: {not: [1, "b"]}
          new.section.x=1        | new: {"section":{"x":1}}            | new: {section: {x: 1}}
          prompts.1=deux         | prompts: ["one","deux"]             |   - "deux"
          prompts=[]             | prompts: []                         |   []
          data={"on": 1e10}      | data: {"on":1.0E10}                 |   {"on": 1.0E+10}
          rate=1e-9              | rate: 1.0E-9                        | rate: 1.0E-9
          """)
  void aSettingChangesItsKeyAndNothingElse(String setting, String value, String line) {
    ConfigurationDocument changed = DOCUMENT.with(Setting.parse(setting, "--set " + setting));
    String[] expected = value.split(": ", 2);
    assertEquals(
        expected[1],
        changed.value(KeyPath.of(expected[0])).map(Object::toString).orElse("null"),
        changed.text());
    assertTrue(changed.text().lines().map(String::strip).anyMatch(line::equals), changed.text());
    assertTrue(changed.text().contains("# a recipe\n"), changed.text());
    assertTrue(changed.text().contains("# the end\nema:"), changed.text());
    assertEquals(
        "--set " + setting, changed.where(Setting.parse(setting, "--set " + setting).key()));
  }

  @Property
  void anyTextSurvivesBeingSet(@ForAll String text, @ForAll double number) {
    ObjectNode value = JsonNodeFactory.instance.objectNode();
    value.set("any text: ", TextNode.valueOf(text));
    if (Double.isFinite(number)) {
      value.set("number", DoubleNode.valueOf(number));
    }
    for (String key : new String[] {"data.train", "data.prompt.empty", "ema", "a.new.one"}) {
      Setting setting = new Setting(KeyPath.of(key), value, "test");
      // YAML can't hold lone halves of surrogate pairs, nor some control characters.
      boolean sayable = text.codePoints().allMatch(ConfigurationDocumentTest::isSayable);
      if (sayable) {
        assertEquals(value, DOCUMENT.with(setting).value(KeyPath.of(key)).orElseThrow());
      }
    }
  }

  private static boolean isSayable(int point) {
    return point >= ' ' && point < 0x7F
        || point >= 0xA0
            && !Character.isSurrogate((char) point)
            && point < 0xFFFE
            && point != 0xFEFF
        || point >= 0x10000 && point <= 0x10FFFF;
  }

  @Test
  void whatIsSharedCantBeSetFromOutside() {
    ConfigurationDocument shared =
        ConfigurationDocument.parse("s.yaml", "a: &x {n: 1}\nb: *x\nc: {<<: *x, m: 2}\n");
    assertEquals("{\"n\":1}", shared.value(KeyPath.of("b")).orElseThrow().toString());
    assertEquals(1, shared.value(KeyPath.of("c.n")).orElseThrow().asInt());
    ConfigurationException e =
        assertThrows(
            ConfigurationException.class, () -> shared.with(Setting.parse("b.n=2", "request")));
    assertTrue(e.getMessage().contains("can't be set from outside"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a: [1                                | x.yaml:2:1: not valid YAML
          a: 1\\na: 2                          | x.yaml:2:1: a: stands there twice
          a: 2026-11-23                        | x.yaml:1:4: a: "2026-11-23" reads as a date
          a: .inf                              | x.yaml:1:4: a: .inf is not a finite number
          1: x                                 | x.yaml:1:1: a key must be text
          a: &x {b: *x}                        | contains itself
          [1, 2]                               | must hold keys and values
          just text                            | must hold keys and values
          # nothing                            | is empty
          a: !!python/object:os.system {}      | x.yaml
          a: {b: 1}\\n---\\nb: 2               | not valid YAML
          a: "\u0007"                          | not valid YAML
          """)
  void whatIsNoConfigurationIsRefused(String text, String message) {
    ConfigurationException e =
        assertThrows(
            ConfigurationException.class,
            () -> ConfigurationDocument.parse("x.yaml", text.replace("\\n", "\n") + "\n"));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }

  @Test
  void aBombOfAliasesIsRefused() {
    StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      String alias = "*a" + (i - 1);
      text.append("a%d: &a%d [%s, %s, %s, %s]\n".formatted(i, i, alias, alias, alias, alias));
    }
    ConfigurationException e =
        assertThrows(
            ConfigurationException.class,
            () -> ConfigurationDocument.parse("x.yaml", text.toString()));
    assertTrue(e.getMessage().contains("too many values"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"training.batch", "=4", "training..batch=4", "a=[1"})
  void aSettingIsAKeyAndAValue(String text) {
    assertThrows(ConfigurationException.class, () -> Setting.parse(text, "request"));
  }
}
