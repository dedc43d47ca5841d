import { StorageUnavailableError } from '../errors.ts';
import type { Backend, BackendOptions } from './backend.ts';
export async function openFile(_options: BackendOptions): Promise<Backend> {
  throw new StorageUnavailableError('in the making');
}
export async function removeFile(_name: string): Promise<void> {
  throw new StorageUnavailableError('in the making');
}
