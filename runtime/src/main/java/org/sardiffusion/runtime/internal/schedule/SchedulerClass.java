package org.sardiffusion.runtime.internal.schedule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The scheduler classes of diffusers 0.42.1 that this library follows, each with the options it
 * knows and their defaults.
 *
 * <p>The defaults lie in {@code diffusers_defaults.json}: the constructor signatures of diffusers,
 * and besides them {@code sigma_min} and {@code sigma_max} for the classes that read these from any
 * configuration that has them ({@code hasattr(self.config, "sigma_min")}).
 */
public enum SchedulerClass {
  EULER("EulerDiscreteScheduler"),
  EULER_ANCESTRAL("EulerAncestralDiscreteScheduler"),
  DDIM("DDIMScheduler"),
  DDPM("DDPMScheduler"),
  DPM_SOLVER_MULTISTEP("DPMSolverMultistepScheduler"),
  UNIPC("UniPCMultistepScheduler"),
  HEUN("HeunDiscreteScheduler"),
  LMS("LMSDiscreteScheduler"),
  PNDM("PNDMScheduler"),
  LCM("LCMScheduler");

  private static final JsonNode DEFAULTS = readDefaults();

  private final String diffusersName;

  SchedulerClass(String diffusersName) {
    this.diffusersName = diffusersName;
  }

  public String diffusersName() {
    return diffusersName;
  }

  /** The default of an option; missing when the class does not know the option. */
  JsonNode defaultOf(String key) {
    return DEFAULTS.path(diffusersName).path(key);
  }

  static Optional<SchedulerClass> named(String diffusersName) {
    return Arrays.stream(values()).filter(c -> c.diffusersName.equals(diffusersName)).findFirst();
  }

  public static String allNames() {
    return Arrays.stream(values()).map(c -> c.diffusersName).collect(Collectors.joining(", "));
  }

  private static JsonNode readDefaults() {
    try (InputStream in =
        SchedulerClass.class.getResourceAsStream(
            "/org/sardiffusion/runtime/internal/schedule/diffusers_defaults.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException("the scheduler defaults in this jar are unreadable", e);
    }
  }
}
