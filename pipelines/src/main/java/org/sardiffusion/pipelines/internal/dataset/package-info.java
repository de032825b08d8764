/**
 * The files that describe a finished dataset: manifests, captions for image folders and COCO, a
 * STAC collection and the contact sheet.
 */
package org.sardiffusion.pipelines.internal.dataset;
