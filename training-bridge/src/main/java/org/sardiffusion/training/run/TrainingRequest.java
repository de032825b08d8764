package org.sardiffusion.training.run;

import java.nio.file.Path;
import org.sardiffusion.training.PythonEnvironment;
import org.sardiffusion.training.configuration.RunConfiguration;

/**
 * What to train, where to, and with which Python.
 *
 * @param configuration what to train
 * @param folder the run's folder: new or empty for a new run
 * @param start whether a new run begins or an interrupted one goes on
 * @param python what runs the trainer
 */
public record TrainingRequest(
    RunConfiguration configuration, Path folder, Start start, PythonEnvironment python) {
  /** How a run starts. */
  public enum Start {
    /** From the beginning; the folder must hold no run. */
    NEW,
    /** From the newest checkpoint of the folder's run. */
    RESUME
  }

  /** A new run. */
  public TrainingRequest(RunConfiguration configuration, Path folder, PythonEnvironment python) {
    this(configuration, folder, Start.NEW, python);
  }

  /**
   * Makes sure that the folder suits, before anything takes time.
   *
   * @throws RunFolderException if it holds a run already, none to resume, or something else
   */
  public void check() {
    RunFolder.at(folder).requireFor(start);
  }
}
