package org.sardiffusion.cli.doctor;

import java.util.List;

/** Looks at one side of the machine. */
interface Examination {
  /** What there is; never an exception for what is missing. */
  List<Finding> findings();
}
