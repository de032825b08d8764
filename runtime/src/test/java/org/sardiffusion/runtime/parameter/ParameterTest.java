package org.sardiffusion.runtime.parameter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.core.Remedy;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.runtime.diffusion.Sampling;

/** The option table: text, JSON and schema of a value say the same. */
class ParameterTest {
  @Test
  void everyRowHasANameOfItsOwnAndHelp() {
    assertEquals(
        Sampling.PARAMETERS.size(),
        Sampling.PARAMETERS.stream().map(Parameter::key).collect(Collectors.toSet()).size());
    for (Parameter<?> parameter : Sampling.PARAMETERS) {
      assertTrue(parameter.key().matches("[a-z]+(_[a-z]+)*"), parameter.key());
      assertTrue(!parameter.help().isEmpty(), parameter.key());
      assertTrue(parameter.type().schema().has("type"), parameter.key());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed|-7|-7",
        "seed|7.0|7",
        "count|3|3",
        "eta|0.25|0.25",
        "guidance_interval|0.1, 0.9|[0.1,0.9]",
        "crop|3,-5|[3,-5]",
        "original_size|320x240|[320,240]",
        "original_size|64|[64,64]",
        "timesteps|999,500,1|[999,500,1]",
        "sigmas|14.6,0|[14.6,0.0]",
        "scheduler|euler_a|\"euler_a\"",
        "negative_prompt| water |\"water\"",
      })
  void textAndJsonSayTheSame(String key, String text, String json) throws Exception {
    Parameter<?> parameter = parameter(key);
    check(parameter, text, json);
  }

  private static <T> void check(Parameter<T> parameter, String text, String json) throws Exception {
    T value = parameter.parse(text);
    assertEquals(json, parameter.write(value).toString());
    assertEquals(value, parameter.read(new ObjectMapper().readTree(json)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed|7,5|\"7,5\" is not a whole number.",
        "seed|9223372036854775808|\"9223372036854775808\" is not a whole number.",
        "guidance|7,5|\"7,5\" is not a number: write 7.5.",
        "guidance|inf|\"inf\" is not a number.",
        "guidance|NaN|The guidance must be a finite number, but is NaN.",
        "eta|1.5|The eta must lie between 0 and 1, but is 1.5.",
        "count|0|The count must be at least 1, but is 0.",
        "original_size|3x|\"3x\" is not a size: write WIDTHxHEIGHT, such as 1024x768.",
        "guidance_interval|0.9,0.1|The guidance interval must be 0 <= start <= end <= 1, but is 0.9,0.1.",
        "crop|1,2,3|\"1,2,3\" is not 2 numbers, separated by commas.",
      })
  void whatCannotBeIsRefusedInOneSentence(String key, String text, String message) {
    ParameterException refused =
        assertThrows(ParameterException.class, () -> parameter(key).parse(text));
    assertEquals(message, refused.getMessage());
  }

  @Test
  void aValueOutOfTheRangeNamesItsParameter() {
    ParameterException refused =
        assertThrows(ParameterException.class, () -> Overrides.NONE.with(Sampling.ETA, 2.0));
    assertEquals(List.of(Remedy.choose("eta")), refused.remedies());
  }

  @Test
  void laterValuesStandInPlaceOfEarlierOnes() {
    Overrides first =
        Overrides.NONE.with(Sampling.SEED, 1L).with(Sampling.ORIGINAL_SIZE, new Size(3, 4));
    Overrides both = first.with(Overrides.NONE.with(Sampling.SEED, 2L));
    assertEquals("{\"seed\":2,\"original_size\":[3,4]}", both.toJson().toString());
    assertEquals(both, Overrides.of(both.toJson(), Sampling.PARAMETERS));
  }

  private static Parameter<?> parameter(String key) {
    return Sampling.PARAMETERS.stream()
        .filter(each -> each.key().equals(key))
        .findFirst()
        .orElseThrow();
  }
}
