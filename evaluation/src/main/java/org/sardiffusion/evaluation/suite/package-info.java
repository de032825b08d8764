/** Lists of prompts that models are compared on. */
package org.sardiffusion.evaluation.suite;
