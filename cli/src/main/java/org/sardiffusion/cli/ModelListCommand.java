package org.sardiffusion.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.sardiffusion.models.DefaultBundle;
import org.sardiffusion.pipelines.ListedModel;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The models that are there. */
@Command(
    name = "list",
    description = "Lists the embedded default model and the bundles of a folder.",
    footerHeading = "%nExample:%n",
    footer = "  sar-diffusion model list --in models")
final class ModelListCommand implements Callable<Integer> {
  @Option(
      names = "--in",
      paramLabel = "DIR",
      description = {
        "The folder of bundles. If not given, what the environment",
        "variable " + ModelFolder.ENVIRONMENT_VARIABLE + " names, else ./models."
      })
  private Optional<Path> folder = Optional.empty();

  @Option(names = "--json", description = "Print one JSON object on standard output.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<ListedModel> models = new ArrayList<>();
    if (DefaultBundle.isEmbedded()) {
      models.add(ListedModel.of(ModelFolder.ofDefault()));
    }
    Path own = folder.orElseGet(ModelFolder::ofUser);
    // A folder that nobody named need not be there.
    if (folder.isPresent() || Files.isDirectory(own)) {
      models.addAll(ListedModel.in(own));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(toJson(models));
    } else if (models.isEmpty()) {
      spec.commandLine().getErr().println("sar-diffusion: there are no models in " + own + ".");
    } else {
      print(models, out);
    }
    return 0;
  }

  private static void print(List<ListedModel> models, PrintWriter out) {
    TextTable table = new TextTable().row("NAME", "SIZE", "DTYPE", "PARAMETERS", "PATH");
    for (ListedModel model : models) {
      if (model instanceof ListedModel.Usable usable) {
        table.row(
            usable.name(),
            Quantity.bytes(usable.bytes()),
            Quantity.dtype(usable.precision()),
            Quantity.count(usable.parameters()),
            usable.folder().toString());
      } else if (model instanceof ListedModel.Broken broken) {
        table.row(broken.folder().getFileName().toString(), "-", "-", "-", broken.problem());
      }
    }
    table.print(out, "");
  }

  private static String toJson(List<ListedModel> models) {
    ObjectNode json = new ObjectMapper().createObjectNode();
    ArrayNode entries = json.putArray("models");
    for (ListedModel model : models) {
      ObjectNode entry = entries.addObject();
      entry.put("path", model.folder().toString());
      if (model instanceof ListedModel.Usable usable) {
        entry
            .put("name", usable.name())
            .put("bytes", usable.bytes())
            .put("dtype", Quantity.dtype(usable.precision()))
            .put("parameters", usable.parameters());
      } else if (model instanceof ListedModel.Broken broken) {
        entry.put("problem", broken.problem());
      }
    }
    return json.toString();
  }
}
