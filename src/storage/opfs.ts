import { StorageUnavailableError } from '../errors.ts';
import type { Backend, BackendOptions } from './backend.ts';
export async function openOpfs(_options: BackendOptions): Promise<Backend> {
  throw new StorageUnavailableError('in the making');
}
export async function removeOpfs(_name: string): Promise<void> {
  throw new StorageUnavailableError('in the making');
}
