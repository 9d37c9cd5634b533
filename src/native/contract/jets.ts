/** native/addon/jet_operations.cc as TypeScript sees it. */
import type { JobHandle, Notify } from './jobs.js';

/** The observables of jets, in the order of native/core/jets/jet_observables.h. */
export const jetObservableNames = ['mass', 'pt', 'particles', 'tau21', 'tau32', 'd2'] as const;

export interface JetOperations {
  /**
   * Job → observables × rows, one observable after the other; NaN where a jet has none.
   *
   * @param particles rows × capacity × 3: Δη, Δφ, p_T/p_T(jet); absent without a p_T above 0.
   */
  jetObservables(
    particles: Float32Array,
    rows: number,
    threads: number,
    notify: Notify<Float64Array>,
  ): JobHandle;
}
