/**
 * A training run from Java: start it, listen, stop it, go on with it.
 *
 * <pre>{@code
 * PythonEnvironment python = PythonEnvironment.in(Path.of("training-bridge/python"));
 * python.provision(System.err::println);
 * RunConfiguration configuration = RunConfiguration.read(Path.of("whale-north-8.yaml"));
 * TrainingRequest request = new TrainingRequest(configuration, Path.of("runs/whale"), python);
 * try (TrainingRun run = TrainingRun.start(request, System.out::println)) {
 *   System.out.println(run.await());
 * }
 * }</pre>
 */
package org.sardiffusion.training.run;
