package org.sardiffusion.geo.files;

/**
 * The STAC collection that an item belongs to.
 *
 * @param id the collection's
 * @param address of its file, from the item's folder
 */
public record CollectionReference(String id, String address) {}
