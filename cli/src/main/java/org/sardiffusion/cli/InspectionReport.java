package org.sardiffusion.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.sardiffusion.pipelines.ModelInspection;
import org.sardiffusion.pipelines.ModelInspection.Graph;
import org.sardiffusion.pipelines.ModelInspection.Tokenizer;
import org.sardiffusion.runtime.bundle.Bundle;
import org.sardiffusion.runtime.bundle.SarConfig;
import org.sardiffusion.runtime.bundle.SarConfig.Recommended;
import org.sardiffusion.runtime.weights.Dimension;
import org.sardiffusion.runtime.weights.GraphValue;

/** What a model holds, told to people or to programs. */
record InspectionReport(ModelInspection model) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String UNSAID = "not stated";

  /** Sections of aligned lines. */
  void print(PrintWriter out) {
    summary().print(out, "");
    out.println();
    out.println("Parts");
    parts().print(out, "  ");
    out.println();
    out.println("Inputs and outputs");
    values().print(out, "  ");
    out.println();
    out.println("Tokenizers");
    tokenizers().print(out, "  ");
    out.println();
    out.println("Scheduler " + model.scheduler().className());
    entries(model.scheduler().options()).print(out, "  ");
    Map<String, String> provenance =
        model.bundle().sar().map(SarConfig::provenance).orElse(Map.of());
    if (!provenance.isEmpty()) {
      out.println();
      out.println("Provenance");
      entries(provenance).print(out, "  ");
    }
  }

  private TextTable summary() {
    Bundle bundle = model.bundle();
    Optional<SarConfig> sar = bundle.sar();
    Optional<Recommended> recommended = sar.map(SarConfig::recommended);
    return new TextTable()
        .row("Name", model.identity().name())
        .row("Description", sar.flatMap(SarConfig::description).orElse(UNSAID))
        .row("Licence", sar.flatMap(SarConfig::licence).orElse(UNSAID))
        .row("Folder", bundle.root().toString())
        .row("SHA-256", model.identity().sha256())
        .row(
            "Size",
            "%s, %s parameters, %s"
                .formatted(
                    Quantity.bytes(model.bytes()),
                    Quantity.count(model.parameters()),
                    Quantity.dtype(model.precision())))
        .row(
            "Images",
            "%d x %d pixels by default; sides are multiples of %d"
                .formatted(bundle.defaultWidth(), bundle.defaultHeight(), bundle.sizeMultiple()))
        .row("Pixel spacing", spacing(sar))
        .row("Band", sar.flatMap(SarConfig::band).orElse(UNSAID))
        .row("Trigger token", sar.flatMap(SarConfig::triggerToken).orElse(UNSAID))
        .row(
            "VAE",
            "%d image pixels per latent pixel, %d channels, scaling factor %s%s"
                .formatted(
                    bundle.vae().factor(),
                    bundle.vae().latentChannels(),
                    bundle.vae().scalingFactor(),
                    bundle.vae().forceUpcast() ? ", in float32 only" : ""))
        .row(
            "ControlNets",
            model.controlNets().isEmpty()
                ? "none"
                : String.join(", ", model.controlNets())
                    + " (one control image each, in this order)")
        .row(
            "Recommended",
            "%s steps, guidance %s, scheduler %s"
                .formatted(
                    recommended.map(r -> r.steps().orElse(50)).orElse(50),
                    recommended.map(r -> r.guidanceScale().orElse(5)).orElse(5.0),
                    recommended.flatMap(Recommended::scheduler).orElse("as below")));
  }

  private static String spacing(Optional<SarConfig> sar) {
    return sar.isPresent() && sar.get().pixelSpacing().isPresent()
        ? sar.get().pixelSpacing().getAsDouble() + " m"
        : UNSAID;
  }

  private TextTable parts() {
    TextTable table = new TextTable().row("PART", "DTYPE", "PARAMETERS", "SIZE", "EXPORTED BY");
    for (Graph graph : model.graphs()) {
      table.row(
          graph.part().id(),
          Quantity.dtype(graph.precision()),
          Quantity.count(graph.parameters()),
          Quantity.bytes(graph.bytes()),
          (graph.producer() + ", opset " + graph.opset()).replaceFirst("^, ", ""));
    }
    return table;
  }

  private TextTable values() {
    TextTable table = new TextTable();
    for (Graph graph : model.graphs()) {
      graph.inputs().forEach(value -> table.row(cells(graph, "in", value)));
      graph.outputs().forEach(value -> table.row(cells(graph, "out", value)));
    }
    return table;
  }

  private static String[] cells(Graph graph, String direction, GraphValue value) {
    return new String[] {graph.part().id(), direction, value.name(), type(value), shape(value)};
  }

  private static String type(GraphValue value) {
    return value.type().name().toLowerCase(Locale.ROOT);
  }

  private static String shape(GraphValue value) {
    return value.shape().map(List::toString).orElse("[...]");
  }

  private TextTable tokenizers() {
    TextTable table = new TextTable();
    for (Tokenizer tokenizer : model.tokenizers()) {
      table.row(
          tokenizer.folder(),
          tokenizer.vocabularySize() + " tokens, " + tokenizer.maxLength() + " at a time",
          "pads with " + tokenizer.special().padding(),
          tokenizer.triggerId().isPresent()
              ? tokenizer.triggerToken() + " is token " + tokenizer.triggerId().getAsInt()
              : tokenizer.triggerToken() + " is not a token of its own");
    }
    return table;
  }

  private static TextTable entries(Map<String, String> entries) {
    TextTable table = new TextTable();
    entries.forEach(table::row);
    return table;
  }

  /** One JSON object. */
  String toJson() {
    Bundle bundle = model.bundle();
    ObjectNode json = MAPPER.createObjectNode();
    json.put("name", model.identity().name());
    json.put("path", bundle.root().toString());
    json.put("sha256", model.identity().sha256());
    json.put("dtype", Quantity.dtype(model.precision()));
    json.put("parameters", model.parameters());
    json.put("bytes", model.bytes());
    bundle.sar().ifPresent(sar -> card(json, sar));
    json.putObject("size")
        .put("width", bundle.defaultWidth())
        .put("height", bundle.defaultHeight())
        .put("multiple", bundle.sizeMultiple());
    json.putObject("vae")
        .put("factor", bundle.vae().factor())
        .put("channels", bundle.vae().latentChannels())
        .put("scaling_factor", bundle.vae().scalingFactor())
        .put("force_upcast", bundle.vae().forceUpcast());
    ArrayNode controlNets = json.putArray("controlnets");
    model.controlNets().forEach(controlNets::add);
    ArrayNode parts = json.putArray("parts");
    model.graphs().forEach(graph -> part(parts.addObject(), graph));
    ArrayNode tokenizers = json.putArray("tokenizers");
    model.tokenizers().forEach(tokenizer -> tokenizer(tokenizers.addObject(), tokenizer));
    ObjectNode scheduler = json.putObject("scheduler");
    scheduler.put("class", model.scheduler().className());
    model.scheduler().options().forEach(scheduler.putObject("options")::put);
    return json.toString();
  }

  private static void card(ObjectNode json, SarConfig sar) {
    sar.description().ifPresent(text -> json.put("description", text));
    sar.licence().ifPresent(text -> json.put("licence", text));
    sar.band().ifPresent(text -> json.put("band", text));
    sar.triggerToken().ifPresent(text -> json.put("trigger_token", text));
    sar.pixelSpacing().ifPresent(metres -> json.put("pixel_spacing_m", metres));
    ObjectNode recommended = json.putObject("recommended");
    sar.recommended().steps().ifPresent(steps -> recommended.put("steps", steps));
    sar.recommended().guidanceScale().ifPresent(scale -> recommended.put("guidance_scale", scale));
    sar.recommended().scheduler().ifPresent(name -> recommended.put("scheduler", name));
    sar.provenance().forEach(json.putObject("provenance")::put);
  }

  private static void part(ObjectNode json, Graph graph) {
    json.put("part", graph.part().id())
        .put("dtype", Quantity.dtype(graph.precision()))
        .put("parameters", graph.parameters())
        .put("bytes", graph.bytes())
        .put("opset", graph.opset())
        .put("producer", graph.producer());
    ArrayNode inputs = json.putArray("inputs");
    graph.inputs().forEach(value -> value(inputs.addObject(), value));
    ArrayNode outputs = json.putArray("outputs");
    graph.outputs().forEach(value -> value(outputs.addObject(), value));
  }

  private static void value(ObjectNode json, GraphValue value) {
    json.put("name", value.name()).put("type", type(value));
    value
        .shape()
        .ifPresent(
            dimensions -> {
              ArrayNode shape = json.putArray("shape");
              for (Dimension dimension : dimensions) {
                if (dimension instanceof Dimension.Fixed fixed) {
                  shape.add(fixed.size());
                } else {
                  shape.add(dimension.toString());
                }
              }
            });
  }

  private static void tokenizer(ObjectNode json, Tokenizer tokenizer) {
    json.put("folder", tokenizer.folder())
        .put("vocabulary_size", tokenizer.vocabularySize())
        .put("max_length", tokenizer.maxLength())
        .put("padding_token", tokenizer.special().padding())
        .put("trigger_token", tokenizer.triggerToken());
    tokenizer.triggerId().ifPresent(id -> json.put("trigger_token_id", id));
  }
}
