package org.sardiffusion.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import org.junit.jupiter.api.Test;
import org.sardiffusion.core.raster.Size;
import org.sardiffusion.pipelines.OptionTable;
import org.sardiffusion.runtime.diffusion.Guidance;
import org.sardiffusion.runtime.diffusion.Sampling;
import org.sardiffusion.runtime.schedule.SamplerName;
import picocli.CommandLine;

class ParametersCommandTest {
  private final Schema schema =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(OptionTable.schema().toString());

  private boolean accepts(ObjectNode json) {
    return schema.validate(json.toString(), com.networknt.schema.InputFormat.JSON).isEmpty();
  }

  @Test
  void theSchemaAcceptsWhatRecipesSay() {
    Sampling sampling =
        Sampling.DIFFUSERS
            .withSeed(Long.MIN_VALUE)
            .withSampler(SamplerName.parse("unipc_karras"))
            .with(new Guidance(3, 0.5, 0.1, 0.9))
            .with(Sampling.ORIGINAL_SIZE, new Size(30, 20))
            .with(Sampling.NEGATIVE_PROMPT, "");
    assertTrue(accepts(sampling.values().toJson()));
  }

  @Test
  void theSchemaRefusesWhatCanNotBe() {
    ObjectNode values = Sampling.DIFFUSERS.values().toJson();
    assertFalse(accepts(values.deepCopy().put("eta", 1.5)));
    assertFalse(accepts(values.deepCopy().put("count", 0)));
    assertFalse(accepts(values.deepCopy().put("scheduler", "eulr")));
    assertFalse(accepts(values.deepCopy().put("seed", "7")));
    assertFalse(accepts(values.deepCopy().put("gidance", 3)));
  }

  @Test
  void everyOptionOfGenerateIsARowWithItsName() {
    CommandLine generate = Main.commandLine().getSubcommands().get("generate");
    OptionTable.ROWS.forEach(
        row ->
            assertTrue(
                generate.getCommandSpec().findOption(ParameterOptions.name(row)) != null,
                row.key()));
  }

  @Test
  void theCommandPrintsRowsAndSchema() {
    CommandRun run = CommandRun.of("parameters");
    assertEquals(0, run.status());
    assertTrue(run.out().contains("guidance_interval  FROM,TO"), run.out());
    assertEquals(
        OptionTable.schema().toPrettyString(), CommandRun.of("parameters", "--json").out().strip());
  }
}
