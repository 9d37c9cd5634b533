import type { FeatureTableHandle } from '../native/contract/showers.js';
import { NativeObject } from '../native/run-job.js';

/** Rows of features in native memory, ready for a network. */
export class FeatureTable extends NativeObject<'feature-table'> {
  /** @internal Made by samples. */
  constructor(handle: FeatureTableHandle) {
    super(handle);
  }
}
