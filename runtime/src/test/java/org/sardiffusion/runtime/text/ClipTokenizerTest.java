package org.sardiffusion.runtime.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClipTokenizerTest {
  private static ClipTokenizer shared;

  @BeforeContainer
  static void open() {
    shared = ClipTokenizer.load(TokenizerGoldens.path("tokenizer_2"));
  }

  @AfterContainer
  static void close() {
    shared.close();
  }

  static List<String> folders() {
    return TokenizerGoldens.FOLDERS;
  }

  @ParameterizedTest
  @MethodSource("folders")
  void encodesAsTransformersDoes(String folder) {
    TokenizerGoldens goldens = new TokenizerGoldens(folder);
    try (ClipTokenizer tokenizer = ClipTokenizer.load(TokenizerGoldens.path(folder))) {
      for (int k = 0; k < goldens.prompts(); k++) {
        String prompt = goldens.prompt(k);
        TokenizedPrompt actual = tokenizer.encode(prompt);
        assertArrayEquals(goldens.ids(k, 77), actual.ids(), prompt);
        // Newer tokenizers libraries print an added token as it is matched, in lower case.
        assertEquals(
            goldens.cut(k), actual.truncatedText().map(t -> t.replace("<SAR>", "<sar>")), prompt);
      }
      assertTrue(goldens.prompts() > 2000);
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void knowsItsTokens(String folder) {
    JsonNode facts = new TokenizerGoldens(folder).facts();
    try (ClipTokenizer tokenizer = ClipTokenizer.load(TokenizerGoldens.path(folder))) {
      for (Map.Entry<String, JsonNode> token : facts.get("tokens").properties()) {
        int expected = token.getValue().asInt();
        assertEquals(expected, tokenizer.tokenId(token.getKey()).orElse(-1), token.getKey());
        assertEquals(expected >= 0, tokenizer.hasToken(token.getKey()));
      }
      assertEquals(facts.get("size").asInt(), tokenizer.vocabularySize());
      assertEquals(77, tokenizer.maxLength());
      assertEquals(
          facts.get("pad").asInt(),
          tokenizer.tokenId(tokenizer.specialTokens().padding()).getAsInt());
    }
  }

  @Test
  void padsEachTokenizerWithItsOwnToken() {
    try (ClipTokenizer first = ClipTokenizer.load(TokenizerGoldens.path("tokenizer"));
        ClipTokenizer second = ClipTokenizer.load(TokenizerGoldens.path("tokenizer_2"))) {
      long end = first.tokenId("<|endoftext|>").getAsInt();
      assertEquals(end, first.encode("").ids()[76]);
      assertEquals(0, second.encode("").ids()[76]);
      assertEquals(end, second.encode("").ids()[1]);
      assertEquals(0, second.encode("").contentLength());
    }
  }

  @Test
  void aTriggerTokenIsOneTokenWhereTheTokenizerHasIt() {
    try (ClipTokenizer tuned = ClipTokenizer.load(TokenizerGoldens.path("tokenizer"));
        ClipTokenizer published = ClipTokenizer.load(TokenizerGoldens.path("legacy_2"))) {
      assertTrue(tuned.hasToken("<SAR>"));
      assertEquals(1, tuned.encode("<SAR>").contentLength());
      assertFalse(published.hasToken("<SAR>"));
      assertTrue(published.encode("<SAR>").contentLength() > 1);
    }
  }

  @Test
  void seventyFiveTokensFitAndTheNextOneIsNamed() {
    try (ClipTokenizer tokenizer = ClipTokenizer.load(TokenizerGoldens.path("tokenizer"))) {
      TokenizedPrompt full = tokenizer.encode("the ".repeat(75));
      assertEquals(75, full.contentLength());
      assertEquals(Optional.empty(), full.truncatedText());
      TokenizedPrompt over = tokenizer.encode("the ".repeat(75) + "Forest at night");
      assertArrayEquals(full.ids(), over.ids());
      assertEquals(75, over.contentLength());
      assertEquals(Optional.of("forest at night"), over.truncatedText());
    }
  }

  @Test
  void unpairedSurrogatesAreReplacementCharacters() {
    try (ClipTokenizer tokenizer = ClipTokenizer.load(TokenizerGoldens.path("tokenizer"))) {
      assertArrayEquals(
          tokenizer.encode("a\ufffdb\ufffd").ids(), tokenizer.encode("a\ud83db\ude00").ids());
      assertFalse(
          Arrays.equals(
              tokenizer.encode("\ud83d\ude00").ids(), tokenizer.encode("\ude00\ud83d").ids()));
    }
  }

  @Test
  void encodesFromSeveralThreads() {
    try (ClipTokenizer tokenizer = ClipTokenizer.load(TokenizerGoldens.path("tokenizer"))) {
      TokenizerGoldens goldens = new TokenizerGoldens("tokenizer");
      assertTrue(
          IntStream.range(0, 500)
              .parallel()
              .allMatch(
                  k ->
                      Arrays.equals(
                          goldens.ids(k, 77), tokenizer.encode(goldens.prompt(k)).ids())));
    }
  }

  @Test
  void aClosedTokenizerSaysSo() {
    ClipTokenizer tokenizer = ClipTokenizer.load(TokenizerGoldens.path("tokenizer"));
    tokenizer.close();
    tokenizer.close();
    assertThrows(IllegalStateException.class, () -> tokenizer.encode("too late"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a forest ", "x", "森", "\uD83C\uDF32", "a\n", "! "})
  void veryLongPromptsEncodeAsTheirBeginning(String unit) throws Exception {
    try (ClipTokenizer tokenizer = ClipTokenizer.load(TokenizerGoldens.path("tokenizer"))) {
      FutureTask<TokenizedPrompt> encoding =
          new FutureTask<>(() -> tokenizer.encode(unit.repeat(1_000_000 / unit.length())));
      new Thread(null, encoding, "small stack", 512 << 10).start();
      TokenizedPrompt encoded = encoding.get(25, TimeUnit.SECONDS);
      assertArrayEquals(tokenizer.encode(unit.repeat(1400 / unit.length())).ids(), encoded.ids());
      assertEquals(75, encoded.contentLength());
      assertTrue(encoded.truncatedText().isPresent());
    }
  }

  @Property(tries = 500)
  void anyStringEncodes(@ForAll String prompt) {
    TokenizedPrompt encoded = shared.encode(prompt);
    long[] ids = encoded.ids();
    long end = shared.tokenId("<|endoftext|>").getAsInt();
    assertEquals(77, ids.length);
    assertEquals(shared.tokenId("<|startoftext|>").getAsInt(), ids[0]);
    assertEquals(end, ids[encoded.contentLength() + 1]);
    assertTrue(Arrays.stream(ids).allMatch(id -> id >= 0 && id < shared.vocabularySize()));
    assertTrue(
        Arrays.stream(ids, encoded.contentLength() + 2, 77).allMatch(id -> id == 0),
        "padding after the end token");
    encoded.truncatedText().ifPresent(cut -> assertEquals(75, encoded.contentLength()));
  }
}
