package org.sardiffusion.runtime.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders as bundles bring them: odd but valid, and broken. */
class TokenizerFolderTest {
  private static final String MODEL =
      "{'model':{'type':'BPE','vocab':{'a':0,'b':1,'ab</w>':2,'b</w>':3},'merges':['a b</w>']}}";

  private static final JsonNode VARIANTS = TokenizerGoldens.read("variants.json.gz");

  @TempDir Path folder;

  @Test
  void aMissingFolderIsNamed() {
    refused(folder.resolve("none"), "none", "no such tokenizer folder");
  }

  @Test
  void anEmptyFolderSaysWhatItLacks() {
    refused("neither tokenizer.json nor vocab.json");
  }

  @ParameterizedTest
  @CsvSource({"vocab.json,merges.txt", "merges.txt,vocab.json"})
  void halfATokenizerSaysWhatItLacks(String present, String missing) throws IOException {
    copy("legacy", present);
    refused(missing + " is missing");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.001, 0.1, 0.5, 0.9, 0.999})
  void aTruncatedTokenizerJsonIsRefused(double fraction) throws IOException {
    byte[] whole = Files.readAllBytes(TokenizerGoldens.path("tokenizer").resolve("tokenizer.json"));
    Files.write(
        folder.resolve("tokenizer.json"), Arrays.copyOf(whole, (int) (fraction * whole.length)));
    refused("tokenizer.json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "null",
        "{}",
        "{'model':[]}",
        "{'model':{}}",
        "{'model':{'type':'Unigram','vocab':[]}}",
        "{'model':{'type':'BPE','vocab':{}}}",
        "{'model':{'type':'BPE','vocab':{'a':0},'merges':{}}}",
        "{'model':{'type':'BPE','vocab':{'a':'0'},'merges':['a b']}}",
        "{'model':{'type':'BPE','vocab':{'a':0.5},'merges':['a b']}}",
        "{'model':{'type':'BPE','vocab':{'a':-1},'merges':['a b']}}",
        "{'model':{'type':'BPE','vocab':{'a':99999999999},'merges':['a b']}}",
        "{'model':{'type':'BPE','vocab':{'a':99999999999999999999},'merges':['a b']}}",
        "{'model':{'type':'BPE','vocab':{'a':0},'merges':[1]}}",
        "{'model':{'type':'BPE','vocab':{'a':0},'merges':[['a']]}}",
        "{'model':{'type':'BPE','vocab':{'a':0},'merges':[['a','b','c']]}}",
        "{'model':{'type':'BPE','vocab':{'a':0},'merges':['a a']}}",
        "{'model':{'type':'BPE','vocab':{'a':0},'merges':['aa']}}",
        "{'added_tokens':[{'id':1}],'model':{'type':'BPE','vocab':{'a':0},'merges':['a b']}}",
        MODEL + "]",
      })
  void aTokenizerJsonOfAnotherKindIsRefused(String json) throws IOException {
    write("tokenizer.json", json);
    refused(folder.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "{'model_max_length':'77'}",
        "{'model_max_length':-5}",
        "{'model_max_length':2}",
        "{'padding_side':'left'}",
        "{'truncation_side':'left'}",
        "{'pad_token':7}",
        "{'pad_token':''}",
        "{'pad_token':{'lstrip':true}}",
        "{'added_tokens_decoder':{'zero':{'content':'!'}}}",
        "{'added_tokens_decoder':{'0':{}}}",
        "{'pad_token'",
      })
  void aBrokenConfigurationIsRefused(String json) throws IOException {
    copy("legacy", "vocab.json");
    copy("legacy", "merges.txt");
    write("tokenizer_config.json", json);
    refused("tokenizer_config.json");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "#version: 0.2\n", "a\n", "a b c\n", "a b\n\nc d\n", " a\n", "a \n"})
  void brokenMergesAreRefused(String merges) throws IOException {
    copy("legacy", "vocab.json");
    Files.writeString(folder.resolve("merges.txt"), merges);
    refused("merges.txt");
  }

  @Test
  void mergesThatAreNoTextAreRefused() throws IOException {
    copy("legacy", "vocab.json");
    Files.write(folder.resolve("merges.txt"), new byte[] {(byte) 0xc3, 0x28, ' ', 'a', '\n'});
    refused("merges.txt", "UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json"})
  void aFileOfAbsurdSizeIsRefusedUnread(String file) throws IOException {
    copy("legacy", "vocab.json");
    copy("legacy", "merges.txt");
    try (RandomAccessFile sparse = new RandomAccessFile(folder.resolve(file).toFile(), "rw")) {
      sparse.setLength(3L << 30);
    }
    refused(file);
  }

  @ParameterizedTest
  @CsvSource({"null,77", "1e30,77", "1000000000000000019884624838656,77", "77,77", "20,20"})
  void anUnknownLengthIsClips(String value, int expected) throws IOException {
    write("tokenizer.json", MODEL);
    write("tokenizer_config.json", "{'model_max_length':" + value + "}");
    try (ClipTokenizer tokenizer = ClipTokenizer.load(folder)) {
      assertEquals(expected, tokenizer.maxLength());
      assertEquals(expected, tokenizer.encode("ab").ids().length);
    }
  }

  @Test
  void withoutAConfigurationItIsClips() throws IOException {
    write("tokenizer.json", MODEL);
    try (ClipTokenizer tokenizer = ClipTokenizer.load(folder)) {
      // The start and end tokens are added behind the four of the vocabulary.
      assertArrayEquals(
          new long[] {4, 2, 2, 5, 5},
          Stream.of(tokenizer.encode("AB ab"))
              .flatMapToLong(p -> Arrays.stream(p.ids(), 0, 5))
              .toArray());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'!'",
        "{'content':'!','lstrip':false,'normalized':false,'rstrip':false,'single_word':false}",
        "{'__type':'AddedToken','content':'!','normalized':false,'special':true}"
      })
  void thePaddingTokenMayBeTextOrObjectInEitherFile(String token) throws IOException {
    copy("legacy", "vocab.json");
    copy("legacy", "merges.txt");
    for (String file : new String[] {"tokenizer_config.json", "special_tokens_map.json"}) {
      write(file, "{'pad_token':" + token + "}");
      try (ClipTokenizer tokenizer = ClipTokenizer.load(folder)) {
        assertEquals("!", tokenizer.specialTokens().padding());
        assertEquals(0, tokenizer.encode("radar").ids()[76]);
      }
      Files.delete(folder.resolve(file));
    }
  }

  static Stream<String> variants() {
    return VARIANTS.get("variants").properties().stream().map(entry -> entry.getKey());
  }

  @ParameterizedTest
  @MethodSource("variants")
  void tokensAreNamedAsTransformersReadsThem(String name) throws IOException {
    JsonNode variant = VARIANTS.get("variants").get(name);
    copy("legacy", "vocab.json");
    copy("legacy", "merges.txt");
    for (var file : variant.get("files").properties()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue().toString());
    }
    try (ClipTokenizer tokenizer = ClipTokenizer.load(folder)) {
      assertEquals(variant.get("size").asInt(), tokenizer.vocabularySize());
      for (int k = 0; k < VARIANTS.get("prompts").size(); k++) {
        String prompt = VARIANTS.get("prompts").get(k).asText();
        assertArrayEquals(
            TokenizerGoldens.padded(variant.get("ids").get(k), variant.get("pad").asLong(), 77),
            tokenizer.encode(prompt).ids(),
            prompt);
      }
    }
  }

  @Test
  void aPromptThatTheVocabularyCantExpressIsNamed() throws IOException {
    write("tokenizer.json", MODEL);
    write("tokenizer_config.json", "{'unk_token':'<unk>'}");
    try (ClipTokenizer tokenizer = ClipTokenizer.load(folder)) {
      TokenizerException e = assertThrows(TokenizerException.class, () -> tokenizer.encode("xyz"));
      assertTrue(e.getMessage().contains("xyz"), e.getMessage());
    }
  }

  private void refused(String... parts) {
    refused(folder, parts);
  }

  private static void refused(Path path, String... parts) {
    TokenizerException e = assertThrows(TokenizerException.class, () -> ClipTokenizer.load(path));
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  private void copy(String from, String file) throws IOException {
    Files.copy(TokenizerGoldens.path(from).resolve(file), folder.resolve(file));
  }

  private void write(String file, String json) throws IOException {
    Files.writeString(folder.resolve(file), json.replace('\'', '"'), StandardCharsets.UTF_8);
  }
}
