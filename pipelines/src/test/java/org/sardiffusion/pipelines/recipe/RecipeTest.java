package org.sardiffusion.pipelines.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.geo.place.Crs;
import org.sardiffusion.geo.raster.AffineGrid;
import org.sardiffusion.pipelines.ImageInputs;
import org.sardiffusion.pipelines.InputFile;
import org.sardiffusion.runtime.bundle.ModelIdentity;
import org.sardiffusion.runtime.diffusion.Control;
import org.sardiffusion.runtime.diffusion.GenerationRequest;
import org.sardiffusion.runtime.diffusion.Guidance;
import org.sardiffusion.runtime.diffusion.MicroConditioning;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.parameter.Overrides;
import org.sardiffusion.runtime.schedule.SamplerChoice;
import org.sardiffusion.runtime.schedule.SamplerName;
import org.sardiffusion.runtime.schedule.StepPlan;
import org.sardiffusion.runtime.weights.adapters.AdapterIdentity;

class RecipeTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  @Provide
  Arbitrary<GenerationRequest> requests() {
    Arbitrary<Size> sizes =
        Combinators.combine(
                Arbitraries.integers().greaterOrEqual(1), Arbitraries.integers().greaterOrEqual(1))
            .as(Size::new);
    Arbitrary<StepPlan> plans =
        Arbitraries.oneOf(
            Arbitraries.integers().greaterOrEqual(1).map(StepPlan.Steps::new),
            Arbitraries.integers().list().ofMinSize(1).ofMaxSize(5).map(StepPlan.Timesteps::new),
            Arbitraries.doubles().list().ofMinSize(1).ofMaxSize(5).map(StepPlan.Sigmas::new));
    Arbitrary<SamplerChoice> samplers =
        Arbitraries.of(SamplerName.values())
            .<SamplerChoice>map(SamplerChoice.Named::new)
            .injectDuplicates(0.1)
            .optional(0.8)
            .map(named -> named.orElseGet(SamplerChoice.BundleDefault::new));
    Arbitrary<Double> fractions = Arbitraries.doubles().between(0, 1).ofScale(12);
    Arbitrary<Guidance> guidance =
        Combinators.combine(Arbitraries.doubles(), fractions, fractions, fractions)
            .as(
                (scale, rescale, a, b) ->
                    new Guidance(scale, rescale, Math.min(a, b), Math.max(a, b)));
    Arbitrary<MicroConditioning> conditioning =
        Combinators.combine(
                sizes.optional(),
                Arbitraries.integers(),
                Arbitraries.integers(),
                sizes.optional(),
                Arbitraries.doubles())
            .as(MicroConditioning::new);
    Arbitrary<GenerationRequest> what =
        Combinators.combine(
                Arbitraries.strings(),
                sizes,
                Arbitraries.longs().lessOrEqual(Long.MAX_VALUE - Integer.MAX_VALUE),
                plans,
                samplers)
            .as(
                (prompt, size, seed, plan, sampler) ->
                    GenerationRequest.of(
                        prompt,
                        size,
                        Sampling.DIFFUSERS
                            .withSeed(seed)
                            .with(plan)
                            .with(
                                Overrides.NONE.with(
                                    Sampling.SCHEDULER,
                                    sampler instanceof SamplerChoice.Named named
                                        ? Optional.of(named.name())
                                        : Optional.empty()))));
    return Combinators.combine(
            what,
            guidance,
            conditioning,
            conditioning.optional(),
            Arbitraries.strings().optional(),
            Arbitraries.integers().greaterOrEqual(1),
            fractions)
        .as(
            (request, scale, micro, away, negative, count, eta) ->
                request.with(
                    away.map(request.sampling().with(scale).with(micro)::withNegative)
                        .orElse(request.sampling().with(scale).with(micro))
                        .with(
                            Overrides.NONE
                                .with(Sampling.COUNT, count)
                                .with(Sampling.ETA, eta)
                                .with(Sampling.CLIP_SKIP, count % 12)
                                .with(Sampling.DECODE_TILE, count)
                                .with(Sampling.NEGATIVE_PROMPT, negative))));
  }

  @Property(tries = 500)
  void recipesComeBackAsTheyWere(@ForAll("requests") GenerationRequest request) {
    RecordedRecipe recipe = recipe(request, AffineGrid.unreferenced(0.4));
    assertEquals(recipe, RecordedRecipe.fromJson(recipe.toJson()));
    assertEquals(recipe.toJson(), RecordedRecipe.fromJson(recipe.toJson()).toJson());
  }

  @Example
  void placesComeBackAsTheyWere() {
    RecordedRecipe recipe =
        recipe(
            GenerationRequest.of("forest", new Size(64, 64), Sampling.DIFFUSERS),
            AffineGrid.northUp(Crs.of("EPSG:32633"), 500000.25, 5700000.125, 0.4, 0.3));
    assertEquals(recipe.toJson(), RecordedRecipe.fromJson(recipe.toJson()).toJson());
    assertEquals(recipe, RecordedRecipe.fromJson(recipe.toJson()));
  }

  @Example
  void imagesComeBackAsTheyWere() {
    GenerationRequest request =
        GenerationRequest.of("forest", new Size(64, 64), Sampling.DIFFUSERS);
    ImageInputs all = imageInputs();
    for (ImageInputs each :
        List.of(
            all,
            new ImageInputs(all.start(), Optional.empty()),
            new ImageInputs(Optional.empty(), all.control()))) {
      RecordedRecipe recipe = recipe(request, each, AffineGrid.unreferenced(0.4));
      assertEquals(recipe, RecordedRecipe.fromJson(recipe.toJson()));
    }
  }

  @Example
  void otherRecipesAreRefused() throws Exception {
    for (String text :
        List.of(
            "",
            " ",
            "null",
            "[]",
            "3",
            "\"text\"",
            "{",
            "{}",
            "[".repeat(5000),
            "{\"recipe_version\": 1}",
            "{\"recipe_version\": 1, \"task\": \"text_to_image\"}")) {
      assertThrows(RecipeException.class, () -> RecordedRecipe.fromJson(text), text);
    }
    for (int version : new int[] {0, 3, -1}) {
      ObjectNode json = json();
      json.put("recipe_version", version);
      assertThrows(RecipeException.class, () -> RecordedRecipe.fromJson(json.toString()));
    }
    ObjectNode other = json();
    other.put("task", "outpainting");
    String message =
        assertThrows(RecipeException.class, () -> RecordedRecipe.fromJson(other.toString()))
            .getMessage();
    assertTrue(message.contains("outpainting"), message);
    ObjectNode lacking = json();
    lacking.remove("mask");
    assertThrows(RecipeException.class, () -> RecordedRecipe.fromJson(lacking.toString()));
  }

  /** A recipe is never guessed at: what is damaged is refused or does not matter. */
  @Property(tries = 500)
  void damagedRecipesAreRefused(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    ObjectNode json = json();
    ObjectNode at = json;
    while (true) {
      List<String> keys = new ArrayList<>();
      at.fieldNames().forEachRemaining(keys::add);
      String key = keys.get(random.nextInt(keys.size()));
      if (at.get(key) instanceof ObjectNode inner && random.nextInt(4) > 0) {
        at = inner;
        continue;
      }
      switch (random.nextInt(6)) {
        case 0 -> at.remove(key);
        case 1 -> at.putNull(key);
        case 2 -> at.put(key, "x");
        case 3 -> at.put(key, -1.5e300);
        case 4 -> at.putArray(key).add(true);
        default -> at.putObject(key);
      }
      break;
    }
    try {
      RecordedRecipe.fromJson(json.toString());
    } catch (RecipeException e) {
      assertTrue(e.getMessage().contains("recipe"), e.getMessage());
    }
  }

  private static ImageInputs imageInputs() {
    InputFile file = new InputFile(Path.of("some", "image.npy"), "1".repeat(64));
    return new ImageInputs(
        Optional.of(new ImageInputs.Start(file, 0.4, Optional.of(file))),
        Optional.of(
            new ImageInputs.ControlInput(
                List.of(new ImageInputs.Scaled(file, 0.7), new ImageInputs.Scaled(file, 0)),
                0.1,
                0.9,
                Control.Mode.GUESS)));
  }

  private static ObjectNode json() throws Exception {
    GenerationRequest request =
        GenerationRequest.of(
            "forest",
            new Size(64, 32),
            Sampling.DIFFUSERS
                .with(Sampling.NEGATIVE_PROMPT, "water")
                .withSampler(SamplerName.parse("euler_a"))
                .withNegative(
                    new MicroConditioning(
                        Optional.of(new Size(3, 4)), 1, 2, Optional.of(new Size(5, 6)), 2.5)));
    AffineGrid place = AffineGrid.northUp(Crs.of("EPSG:4326"), 13.4, 52.5, 1e-5, 1e-5);
    return (ObjectNode) MAPPER.readTree(recipe(request, imageInputs(), place).toJson());
  }

  private static RecordedRecipe recipe(GenerationRequest request, AffineGrid placement) {
    return recipe(request, ImageInputs.NONE, placement);
  }

  private static RecordedRecipe recipe(
      GenerationRequest request, ImageInputs imageInputs, AffineGrid placement) {
    return new RecordedRecipe(
        new ModelStamp(
            "sar-diffusion 1",
            "cpu",
            new ModelIdentity("model", "0".repeat(64)),
            List.of(
                new AdapterIdentity(
                    AdapterIdentity.Kind.LORA, "a.safetensors", "2".repeat(64), 0.5))),
        new Generate(request, imageInputs, placement));
  }
}
