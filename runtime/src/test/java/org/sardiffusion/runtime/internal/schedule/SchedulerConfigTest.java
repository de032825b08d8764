package org.sardiffusion.runtime.internal.schedule;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.SchedulerConfig;
import org.sardiffusion.runtime.schedule.SchedulerException;
import org.sardiffusion.runtime.schedule.StepPlan;

class SchedulerConfigTest {
  private static final LatentShape SHAPE = new LatentShape(1, 4, 2, 2);

  @TempDir Path folder;

  @Test
  void defaultsAreThoseOfDiffusers() {
    for (var signature : Goldens.signatures().properties()) {
      SchedulerClass ours = SchedulerClass.named(signature.getKey()).orElseThrow();
      for (var option : signature.getValue().properties()) {
        // JSON has no word for minus infinity, so null stands for it.
        boolean unbounded = option.getKey().equals("lambda_min_clipped");
        assertEquals(
            unbounded ? "null" : option.getValue().toString(),
            ours.defaultOf(option.getKey()).toString(),
            signature.getKey() + "." + option.getKey());
      }
    }
    assertEquals(SchedulerClass.values().length, Goldens.signatures().size());
  }

  @Test
  void roundTripsThroughJson() throws Exception {
    String text =
        "{\"_class_name\":\"DDIMScheduler\",\"beta_end\":0.012,\"of_another_class\":[1,{}]}";
    SchedulerConfig config = SchedulerConfig.read(written(text));
    assertEquals(text, config.toString());
    SchedulerConfig again = SchedulerConfig.of(config.toJson(), "again");
    assertEquals(config, again);
    assertEquals(config.hashCode(), again.hashCode());
    config.toJson().removeAll();
    assertEquals(text, config.toString());
    assertEquals("DDIMScheduler", config.className());
  }

  @Test
  void readsWhatPythonWritesForInfinity() throws Exception {
    SchedulerConfig config =
        SchedulerConfig.read(
            written(
                "{\"_class_name\":\"DPMSolverMultistepScheduler\",\"lambda_min_clipped\":-Infinity}"));
    assertEquals(3, create(new SamplerChoice.BundleDefault(), config, 3).timesteps().length);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|JSON",
        "{|JSON",
        "[]|object",
        "{} {}|JSON",
        "nonsense|JSON",
        "{\"a\": 1,}|JSON",
      })
  void refusesWhatIsNotOneObject(String text, String hint) throws Exception {
    Path file = written(text);
    String message =
        assertThrows(SchedulerException.class, () -> SchedulerConfig.read(file)).getMessage();
    assertTrue(message.contains(file.toString()) && message.contains(hint), message);
  }

  @Test
  void refusesAMissingFile() {
    Path file = folder.resolve("absent.json");
    String message =
        assertThrows(SchedulerException.class, () -> SchedulerConfig.read(file)).getMessage();
    assertTrue(message.contains("absent.json"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "euler|num_train_timesteps|1000.5|whole number",
        "euler|num_train_timesteps|\"1000\"|whole number",
        "euler|num_train_timesteps|0|from 2 to",
        "euler|num_train_timesteps|99999999999|whole number",
        "euler|beta_start|NaN|finite",
        "euler|beta_start|-0.1|from 0.0 to 1.0",
        "euler|beta_end|Infinity|finite",
        "euler|beta_schedule|\"sigmoid\"|one of linear, scaled_linear",
        "euler|beta_schedule|7|one of linear",
        "euler|trained_betas|[0.1, 0.2]|num_train_timesteps = 1000",
        "euler|trained_betas|[true]|list of numbers",
        "euler|timestep_spacing|null|one of linspace, leading, trailing",
        "euler|steps_offset|-1|from 0",
        "euler|prediction_type|\"flow_prediction\"|one of epsilon",
        "euler|use_karras_sigmas|\"yes\"|true or false",
        "euler_karras|sigma_min|0|greater than 0",
        "euler_a|prediction_type|\"sample\"|one of epsilon, v_prediction",
        "ddpm|variance_type|\"learned_range\"|one of fixed_small",
        "ddim|clip_sample_range|-1|greater than 0",
        "ddim|_use_default_values|true|list of option names",
        "dpmpp_2m|use_flow_sigmas|true|false",
        "dpmpp_2m|solver_order|4|from 1 to 3",
        "dpmpp_2m|variance_type|\"learned\"|fixed",
        "dpmpp_2m|lambda_min_clipped|NaN|finite",
        "unipc|disable_corrector|3|list",
        "unipc|solver_p|{}|null",
        "unipc|use_dynamic_shifting|true|false",
        "lcm|original_inference_steps|1001|from 1 to 1000",
      })
  void namesTheKeyTheValueAndWhatIsAllowed(String name, String key, String value, String allowed)
      throws Exception {
    Path file =
        written(
            "{\"clip_sample\": true, \"timestep_spacing\": \"leading\", \"%s\": %s}"
                .formatted(key, value));
    SchedulerConfig config = SchedulerConfig.read(file);
    SamplerChoice choice = new SamplerChoice.Named(SamplerName.parse(name));
    String message =
        assertThrows(SchedulerException.class, () -> create(choice, config, 4)).getMessage();
    for (String part : List.of(file.toString(), '"' + key + '"', allowed)) {
      assertTrue(message.contains(part), part + " in: " + message);
    }
    String shown = value.length() < 10 ? value.replace(" ", "") : "";
    assertTrue(message.contains(shown.replace("\"", "")), message);
  }

  @Test
  void passesOverKeysOfOtherClasses() throws Exception {
    JsonNode plain = new ObjectMapper().readTree("{\"clip_sample\": false}");
    JsonNode odd =
        new ObjectMapper()
            .readTree(
                "{\"clip_sample\": false, \"solver_order\": \"x\", \"use_flow_sigmas\": 3, \"nobody\": []}");
    SamplerChoice ddim = new SamplerChoice.Named(SamplerName.DDIM);
    LatentShape shape = Goldens.SHAPE;
    StepPlan plan = new StepPlan.Steps(5);
    assertArrayEquals(
        new PseudoRun(ScheduleRequest.of(ddim, SchedulerConfig.of(plain, "a"), plan), shape).sample,
        new PseudoRun(ScheduleRequest.of(ddim, SchedulerConfig.of(odd, "b"), plan), shape).sample);
  }

  @Test
  void saysWhichClassesABundleMayName() throws Exception {
    for (String text :
        List.of("{}", "{\"_class_name\": \"DEISMultistepScheduler\"}", "{\"_class_name\": 3}")) {
      SchedulerConfig config = SchedulerConfig.read(written(text));
      String message =
          assertThrows(
                  SchedulerException.class,
                  () -> create(new SamplerChoice.BundleDefault(), config, 4))
              .getMessage();
      assertTrue(message.contains("EulerDiscreteScheduler, EulerAncestral"), message);
    }
  }

  private static Schedule create(SamplerChoice choice, SchedulerConfig config, int steps) {
    return Schedule.of(ScheduleRequest.of(choice, config, new StepPlan.Steps(steps)));
  }

  private Path written(String text) throws Exception {
    return Files.writeString(folder.resolve("scheduler_config.json"), text);
  }
}
