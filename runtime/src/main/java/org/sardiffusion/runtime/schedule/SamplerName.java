package org.sardiffusion.runtime.schedule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.sardiffusion.core.text.Spelling;
import org.sardiffusion.runtime.internal.schedule.SchedulerClass;

/**
 * The samplers by the names that users know them by, as {@code --scheduler} takes them.
 *
 * <p>A name stands for a scheduler class of diffusers and the options that the name itself decides;
 * everything else comes from the bundle's configuration. A name without the ending {@code _karras}
 * leaves the spacing of the noise levels to the configuration.
 */
public enum SamplerName {
  EULER("euler", SchedulerClass.EULER, Map.of()),
  EULER_KARRAS("euler_karras", SchedulerClass.EULER, Overrides.KARRAS),
  EULER_A("euler_a", SchedulerClass.EULER_ANCESTRAL, Map.of()),
  DDIM("ddim", SchedulerClass.DDIM, Map.of()),
  DDPM("ddpm", SchedulerClass.DDPM, Map.of()),
  DPMPP_2M("dpmpp_2m", SchedulerClass.DPM_SOLVER_MULTISTEP, Overrides.ODE),
  DPMPP_2M_KARRAS("dpmpp_2m_karras", SchedulerClass.DPM_SOLVER_MULTISTEP, Overrides.ODE_KARRAS),
  DPMPP_2M_SDE("dpmpp_2m_sde", SchedulerClass.DPM_SOLVER_MULTISTEP, Overrides.SDE),
  DPMPP_2M_SDE_KARRAS(
      "dpmpp_2m_sde_karras", SchedulerClass.DPM_SOLVER_MULTISTEP, Overrides.SDE_KARRAS),
  UNIPC("unipc", SchedulerClass.UNIPC, Map.of()),
  UNIPC_KARRAS("unipc_karras", SchedulerClass.UNIPC, Overrides.KARRAS),
  HEUN("heun", SchedulerClass.HEUN, Map.of()),
  HEUN_KARRAS("heun_karras", SchedulerClass.HEUN, Overrides.KARRAS),
  LMS("lms", SchedulerClass.LMS, Map.of()),
  LMS_KARRAS("lms_karras", SchedulerClass.LMS, Overrides.KARRAS),
  PNDM("pndm", SchedulerClass.PNDM, Map.of()),
  LCM("lcm", SchedulerClass.LCM, Map.of());

  private static final String KARRAS_ENDING = "_karras";

  private final String id;
  private final SchedulerClass schedulerClass;
  private final Map<String, JsonNode> overrides;

  SamplerName(String id, SchedulerClass schedulerClass, Map<String, JsonNode> overrides) {
    this.id = id;
    this.schedulerClass = schedulerClass;
    this.overrides = overrides;
  }

  /** The name as users write it, such as {@code dpmpp_2m_karras}. */
  public String id() {
    return id;
  }

  /** The name of the scheduler class of diffusers that steps as this sampler does. */
  public String className() {
    return schedulerClass.diffusersName();
  }

  /** The options that the name itself decides, as {@code scheduler_config.json} has them. */
  public Map<String, JsonNode> overrides() {
    return overrides;
  }

  /**
   * The sampler of that name.
   *
   * @throws SchedulerException for any other name; the message lists the known ones and suggests
   *     the nearest
   */
  public static SamplerName parse(String name) {
    for (SamplerName candidate : values()) {
      if (candidate.id.equals(name)) {
        return candidate;
      }
    }
    if (name.endsWith(KARRAS_ENDING)) {
      String base = name.substring(0, name.length() - KARRAS_ENDING.length());
      if (Arrays.stream(values()).anyMatch(c -> c.id.equals(base))) {
        throw new SchedulerException(
            "scheduler \"%s\": %s has no Karras noise levels; use \"%s\", or one of %s"
                .formatted(name, base, base, idsEndingIn(KARRAS_ENDING)));
      }
    }
    String typed = name.replace("++", "pp");
    List<String> known = Arrays.stream(values()).map(SamplerName::id).toList();
    throw new SchedulerException(
        "unknown scheduler \"%s\".%s Known: %s"
            .formatted(name, Spelling.question(typed, known), idsEndingIn("")));
  }

  @Override
  public String toString() {
    return id;
  }

  /** All names, as {@link #id} gives them. */
  public static List<String> ids() {
    return Arrays.stream(values()).map(SamplerName::id).toList();
  }

  private static String idsEndingIn(String ending) {
    return Arrays.stream(values())
        .map(SamplerName::id)
        .filter(i -> i.endsWith(ending))
        .collect(Collectors.joining(", "));
  }

  /** What a name decides; apart, because constants of an enum cannot read its static fields. */
  private static final class Overrides {
    static final Map<String, JsonNode> KARRAS = Map.of("use_karras_sigmas", BooleanNode.TRUE);
    static final Map<String, JsonNode> ODE =
        Map.of("algorithm_type", TextNode.valueOf("dpmsolver++"));
    static final Map<String, JsonNode> SDE =
        Map.of("algorithm_type", TextNode.valueOf("sde-dpmsolver++"));
    static final Map<String, JsonNode> ODE_KARRAS =
        Map.of(
            "algorithm_type",
            TextNode.valueOf("dpmsolver++"),
            "use_karras_sigmas",
            BooleanNode.TRUE);
    static final Map<String, JsonNode> SDE_KARRAS =
        Map.of(
            "algorithm_type",
            TextNode.valueOf("sde-dpmsolver++"),
            "use_karras_sigmas",
            BooleanNode.TRUE);
  }
}
