package org.sardiffusion.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.sardiffusion.core.SarDiffusionException;
import org.sardiffusion.runtime.parameter.Overrides;
import org.sardiffusion.runtime.parameter.Parameter;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * Options that are rows of the option table. A command names the rows that it takes; {@link
 * #addAll} makes options of them.
 */
final class ParameterOptions {
  /** What an image shows comes first in the help. */
  private static final Set<String> FIRST =
      Set.of(
          "--prompt", "--from", "--prompt-map", "--prompt-list", "--legend", "--blend", "--extent");

  private final List<Parameter<?>> parameters;
  private final List<Parameter<?>> alternatives;
  private Overrides given = Overrides.NONE;

  private ParameterOptions(List<Parameter<?>> parameters, List<Parameter<?>> alternatives) {
    this.parameters = parameters;
    this.alternatives = alternatives;
  }

  /** A command that takes some. */
  interface Taker {
    /** Its options, in the order of the help. */
    ParameterOptions parameters();
  }

  /** An option for each row. */
  static ParameterOptions of(List<Parameter<?>> rows) {
    return new ParameterOptions(List.copyOf(rows), List.of());
  }

  /** The same with more rows. */
  ParameterOptions and(List<Parameter<?>> rows) {
    return new ParameterOptions(
        Stream.concat(parameters.stream(), rows.stream()).toList(), alternatives);
  }

  /** The same without some rows. */
  ParameterOptions without(Parameter<?>... rows) {
    List<Parameter<?>> kept = new ArrayList<>(parameters);
    kept.removeAll(Arrays.asList(rows));
    return new ParameterOptions(List.copyOf(kept), alternatives);
  }

  /** The same, of which only one of some rows can be given. */
  ParameterOptions withOneOf(List<Parameter<?>> rows) {
    return new ParameterOptions(parameters, rows);
  }

  /** What the user gave. */
  Overrides given() {
    return given;
  }

  /** Adds the options of every command that takes some. */
  static void addAll(CommandLine command) {
    if (command.getCommand() instanceof Taker taker) {
      taker.parameters().addTo(command.getCommandSpec());
    }
    command.getSubcommands().values().forEach(ParameterOptions::addAll);
  }

  /** The rows stand in the help between what is asked for and where it goes. */
  private void addTo(CommandSpec command) {
    int order = 1;
    for (Parameter<?> parameter : parameters) {
      command.addOption(option(command, parameter).order(order++).build());
    }
    for (OptionSpec option : List.copyOf(command.options())) {
      if (option.order() < 0 && option.group() == null && !FIRST.contains(option.longestName())) {
        command.remove(option);
        command.addOption(OptionSpec.builder(option).order(order++).build());
      }
    }
  }

  private <T> OptionSpec.Builder option(CommandSpec command, Parameter<T> parameter) {
    boolean flag = parameter.type().label().isEmpty();
    boolean repeated = parameter.type().schema().at("/items/type").asText().equals("string");
    Binding<T> binding = new Binding<>(command, parameter);
    OptionSpec.Builder option =
        OptionSpec.builder(name(parameter))
            .description(parameter.help().toArray(String[]::new))
            .completionCandidates(parameter.type().names())
            .getter(binding)
            .setter(binding);
    if (flag) {
      return option.type(boolean.class).arity("0");
    }
    option.paramLabel(parameter.type().label());
    return repeated
        ? option.type(List.class).auxiliaryTypes(String.class)
        : option.type(String.class);
  }

  /** The option that a parameter is. */
  static String name(Parameter<?> parameter) {
    return "--" + parameter.key().replace('_', '-');
  }

  /** Keeps what picocli finds. */
  private final class Binding<T> implements IGetter, ISetter {
    private final CommandSpec command;
    private final Parameter<T> parameter;
    private Object found;

    Binding(CommandSpec command, Parameter<T> parameter) {
      this.command = command;
      this.parameter = parameter;
    }

    @Override
    @SuppressWarnings("unchecked") // picocli asks for what it has set
    public <V> V get() {
      return (V) found;
    }

    @Override
    public <V> V set(V value) {
      found = value;
      if (Boolean.TRUE.equals(value)) {
        take(parameter.parse("true"));
      } else if (value instanceof List<?> texts && !texts.isEmpty()) {
        take(parameter.read(array(texts)));
      } else if (value instanceof String text) {
        take(parsed(text));
      }
      return value;
    }

    private T parsed(String text) {
      try {
        return parameter.parse(text);
      } catch (SarDiffusionException e) {
        throw new ParameterException(
            command.commandLine(),
            "Invalid value for option '" + name(parameter) + "': " + e.getMessage());
      }
    }

    private void take(T value) {
      given = given.with(parameter, value);
      List<String> same =
          alternatives.contains(parameter)
              ? alternatives.stream()
                  .filter(each -> given.any(List.of(each)))
                  .map(ParameterOptions::name)
                  .toList()
              : List.of();
      if (same.size() > 1) {
        throw new ParameterException(
            command.commandLine(), String.join(" and ", same) + " say the same: give one of them.");
      }
    }
  }

  private static ArrayNode array(List<?> texts) {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    texts.forEach(text -> array.add(text.toString()));
    return array;
  }
}
