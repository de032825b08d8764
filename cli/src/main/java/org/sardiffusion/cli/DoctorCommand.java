package org.sardiffusion.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.sardiffusion.cli.doctor.Doctor;
import org.sardiffusion.cli.doctor.Finding;
import org.sardiffusion.pipelines.Software;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what this machine can run. */
@Command(
    name = "doctor",
    description = {
      "Says what this machine can run, and what is missing.",
      "The exit code is 0 unless no image can be made, not even on the processor."
    },
    footerHeading = "%nExample:%n",
    footer = "  sar-diffusion doctor")
final class DoctorCommand implements Callable<Integer> {
  private static final String REMEDY_INDENT = " ".repeat(25);

  @Option(names = "--json", description = "Print one JSON object on standard output.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Finding> findings = new ArrayList<>();
    new Doctor(Software.NAME_AND_VERSION, Home.folder())
        .examine(
            finding -> {
              findings.add(finding);
              if (!json) {
                print(finding, out);
              }
            });
    boolean works = findings.stream().noneMatch(f -> f.status() == Finding.Status.PROBLEM);
    if (json) {
      out.println(toJson(findings));
    } else {
      out.println();
      out.println(
          works ? "sar-diffusion can make images here." : "sar-diffusion can't make images here.");
    }
    return works ? 0 : 1;
  }

  private static void print(Finding finding, PrintWriter out) {
    out.printf("%-8s %-15s %s%n", word(finding.status()), finding.subject(), finding.found());
    finding.remedy().ifPresent(remedy -> out.println(REMEDY_INDENT + remedy));
    out.flush();
  }

  private static String word(Finding.Status status) {
    return status.name().toLowerCase(Locale.ROOT);
  }

  private static String toJson(List<Finding> findings) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("works", findings.stream().noneMatch(f -> f.status() == Finding.Status.PROBLEM));
    ArrayNode entries = json.putArray("findings");
    for (Finding finding : findings) {
      ObjectNode entry =
          entries
              .addObject()
              .put("subject", finding.subject())
              .put("status", word(finding.status()))
              .put("found", finding.found());
      finding.remedy().ifPresent(remedy -> entry.put("remedy", remedy));
    }
    return json.toString();
  }
}
