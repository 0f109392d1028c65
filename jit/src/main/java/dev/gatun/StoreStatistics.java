package dev.gatun;

/**
 * What a store holds and has met, from {@link Store#statistics}. Immutable.
 *
 * @param instances instances that live in the store
 * @param memories linear memories that the store uses, shared ones of other stores included
 * @param memoryReserved bytes of addresses reserved for these
 * @param memoryCommitted bytes that their current sizes make usable
 * @param heapBytes bytes that the heap of structs, arrays and exceptions takes; 0 if there is none
 * @param heapCollections how often garbage was collected there
 * @param traps traps so far
 * @param interruptions how often the store was told to stop what runs in it
 */
public record StoreStatistics(
    int instances,
    int memories,
    long memoryReserved,
    long memoryCommitted,
    long heapBytes,
    long heapCollections,
    long traps,
    long interruptions) {}
