package org.sardiffusion.training.configuration;

import java.util.List;
import java.util.stream.Collectors;
import org.sardiffusion.training.TrainingBridgeException;

/** A configuration that can't be used; the message lists every problem with its line. */
public final class ConfigurationException extends TrainingBridgeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /**
   * @param name the configuration's name
   * @param problems at least one
   */
  public ConfigurationException(String name, List<Problem> problems) {
    super(
        Kind.USAGE,
        problems.stream()
            .map(problem -> "\n  " + problem.toString().replace("\n", "\n    "))
            .collect(
                Collectors.joining(
                    "",
                    name
                        + (problems.size() == 1
                            ? " can't be used:"
                            : " can't be used, for %d reasons:".formatted(problems.size())),
                    "")));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, in the order of the file. */
  public List<Problem> problems() {
    return problems;
  }
}
