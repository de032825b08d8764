package org.sardiffusion.runtime.internal.schedule;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.sardiffusion.runtime.schedule.LatentShape;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.SchedulerConfig;
import org.sardiffusion.runtime.schedule.StepPlan;

/** What {@code src/test/python/scheduler_goldens.py} recorded of diffusers. */
final class Goldens {
  static final LatentShape SHAPE = new LatentShape(2, 4, 4, 4);

  private static final JsonNode CONTENT = read();
  private static final float[] STREAM = floats(CONTENT.get("noise"));

  private Goldens() {}

  static JsonNode cases() {
    return CONTENT.get("cases");
  }

  static JsonNode signatures() {
    return CONTENT.get("signatures");
  }

  static JsonNode alphaProducts() {
    return CONTENT.get("alpha_products");
  }

  static JsonNode logs() {
    return CONTENT.get("logs");
  }

  static float[] floats(JsonNode base64) {
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(base64.asText())).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  /** Reads the committed noise round and round, as the script does. */
  static final class Stream implements StepNoise {
    private int position;
    private int draws;

    @Override
    public void fill(float[] target) {
      for (int j = 0; j < target.length; j++) {
        target[j] = STREAM[(position + j) % STREAM.length];
      }
      position += target.length;
      draws++;
    }

    int draws() {
      return draws;
    }
  }

  static ScheduleRequest request(JsonNode golden) {
    String name = golden.get("sampler").asText();
    SamplerChoice choice =
        name.isEmpty()
            ? new SamplerChoice.BundleDefault()
            : new SamplerChoice.Named(SamplerName.parse(name));
    JsonNode plan = golden.get("plan");
    StepPlan steps;
    if (plan.has("steps")) {
      steps = new StepPlan.Steps(plan.get("steps").asInt());
    } else if (plan.has("timesteps")) {
      List<Integer> timesteps = new ArrayList<>();
      plan.get("timesteps").forEach(t -> timesteps.add(t.asInt()));
      steps = new StepPlan.Timesteps(timesteps);
    } else {
      List<Double> sigmas = new ArrayList<>();
      plan.get("sigmas").forEach(s -> sigmas.add(s.asDouble()));
      steps = new StepPlan.Sigmas(sigmas);
    }
    SchedulerConfig config = SchedulerConfig.of(golden.get("config"), "golden");
    return new ScheduleRequest(choice, config, steps, golden.path("eta").asDouble(0));
  }

  /** The script's pseudo-model, in the same float32 operations. */
  static void pseudoModel(double timestep, float[] scaled, float[] prediction, LatentShape shape) {
    int length = shape.imageLength();
    float shift = 0.05f * ((float) timestep / 1000f);
    for (int start = 0; start < scaled.length; start += length) {
      for (int j = 0; j < length; j++) {
        float s = scaled[start + j];
        float neighbour = scaled[start + (j + 1) % length];
        float own = s / (1 + 0.25f * Math.abs(s));
        float other = neighbour / (1 + Math.abs(neighbour));
        prediction[start + j] = (0.8f * own + 0.1f * other) + shift;
      }
    }
  }

  private static JsonNode read() {
    try (InputStream in = Goldens.class.getResourceAsStream("scheduler_goldens.json.gz")) {
      return JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build()
          .readTree(new GZIPInputStream(in));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
