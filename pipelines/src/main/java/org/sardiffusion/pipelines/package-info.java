/** What users do with a model, each a short composition of the other rooms. */
package org.sardiffusion.pipelines;
