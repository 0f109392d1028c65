package dev.gatun;

/**
 * What a module exports.
 *
 * @param name the export's name
 * @param type what it is
 */
public record ExportType(String name, ExternType type) {}
