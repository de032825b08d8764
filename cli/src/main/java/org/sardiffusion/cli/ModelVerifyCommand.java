package org.sardiffusion.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.sardiffusion.core.run.Cancellation;
import org.sardiffusion.pipelines.ModelVerification;
import org.sardiffusion.pipelines.ModelVerification.Check;
import org.sardiffusion.pipelines.ModelVerification.Verdict;
import org.sardiffusion.pipelines.ModelVerifier;
import org.sardiffusion.runtime.bundle.Bundle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Whether a model is whole and runs. */
@Command(
    name = "verify",
    description = {
      "Checks that a model is whole and runs.",
      "Compares its files with the hashes that it lists, then runs each graph once. The exit code is 1 if anything"
          + " is wrong."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  sar-diffusion model verify my-bundle",
      "  sar-diffusion model verify my-bundle --device cuda"
    })
final class ModelVerifyCommand implements Callable<Integer> {
  @Mixin private ModelArgument model;

  @Mixin private DeviceOptions device;

  @Option(names = "--json", description = "Print one JSON object on standard output.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    Bundle bundle = model.bundle();
    try (Cancellation cancellation = Interruption.cancellation()) {
      ModelVerification verification =
          ModelVerifier.verify(
              bundle,
              device.options(),
              check -> {
                if (!json) {
                  print(check, out);
                }
              },
              notice -> err.println("sar-diffusion: " + notice),
              cancellation);
      if (json) {
        out.println(toJson(bundle, verification));
      }
      return verification.passed() ? 0 : 1;
    }
  }

  private static void print(Check check, PrintWriter out) {
    out.printf("%-8s%s: %s%n", word(check.verdict()), check.subject(), check.detail());
    out.flush();
  }

  private static String word(Verdict verdict) {
    return switch (verdict) {
      case PASSED -> "ok";
      case NOTED -> "note";
      case FAILED -> "FAILED";
      case SKIPPED -> "skipped";
    };
  }

  private static String toJson(Bundle bundle, ModelVerification verification) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("name", bundle.name());
    json.put("path", bundle.root().toString());
    json.put("passed", verification.passed());
    ArrayNode checks = json.putArray("checks");
    for (Check check : verification.checks()) {
      checks
          .addObject()
          .put("subject", check.subject())
          .put("result", check.verdict().name().toLowerCase(Locale.ROOT))
          .put("detail", check.detail())
          .put("seconds", check.seconds());
    }
    return json.toString();
  }
}
