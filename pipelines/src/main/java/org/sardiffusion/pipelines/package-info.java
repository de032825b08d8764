/** What users do with the engine, each a short composition of the other rooms. */
package org.sardiffusion.pipelines;
