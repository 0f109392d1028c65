package dev.gatun;

/**
 * What a module imports.
 *
 * @param module the first of the import's two names
 * @param name the second
 * @param type what is expected
 */
public record ImportType(String module, String name, ExternType type) {}
