/** What the platform says about this origin's storage as a whole. */

/** Whether the data is safe from eviction, and the bytes granted in all; what the platform does not tell counts as no. */
export async function platformState(): Promise<{ persisted: boolean; quota: number | null }> {
  const manager = globalThis.navigator?.storage as StorageManager | undefined;
  const [persisted, estimate] = await Promise.all([
    manager?.persisted?.().catch(() => false),
    manager?.estimate?.().catch(() => null),
  ]);
  return { persisted: persisted ?? false, quota: estimate?.quota ?? null };
}

/** Asks that the data be kept under storage pressure; true when it is granted. Some browsers ask the person. */
export async function askToPersist(): Promise<boolean> {
  const manager = globalThis.navigator?.storage as StorageManager | undefined;
  return (await manager?.persist?.().catch(() => false)) ?? false;
}
