import { decodeSafetensors, encodeSafetensors, type Tensor } from '../formats/safetensors/safetensors.js';
import { native } from '../native/binding.js';
import type { MemberHandle, NativeMember } from '../native/contract/ensembles.js';
import type { NativeFit, NativeTrainingRecord } from '../native/contract/training.js';
import { callNative } from '../native/run-job.js';

/** A member that another process fitted, in the core. */
export interface ReceivedFit {
  readonly member: MemberHandle;
  readonly record: NativeTrainingRecord | null;
}

/** What a member is beside its tensors. */
type Words = Omit<NativeMember, 'leftOut' | 'tensors'> & Pick<NativeFit, 'number' | 'record'>;

const key = 'fits';

/** Fits as bytes: safetensors, each tensor under the number of its member and its own name, and the rest as JSON. */
export function encodeFits(fits: readonly NativeFit[]): Uint8Array {
  const tensors = new Map<string, Tensor>();
  const words = fits.map(({ number, record, member: { tensors: own, ...member } }): Words => {
    for (const { name, shape, values } of own)
      tensors.set(`${number}/${name}`, { shape: [...shape], values });
    return { ...member, number, record };
  });
  return encodeSafetensors({ metadata: { [key]: JSON.stringify(words) }, tensors });
}

/** The fits of all shares, in the order of their numbers; the same bits. */
export function decodeFits(shares: readonly Uint8Array[]): ReceivedFit[] {
  const received: ReceivedFit[] = [];
  for (const [rank, bytes] of shares.entries()) {
    const { metadata, tensors } = decodeSafetensors(bytes, `what rank ${rank} fitted`);
    for (const { number, record, activation, slope, ...rest } of JSON.parse(metadata[key] ?? '') as Words[]) {
      const own = [...tensors]
        .filter(([name]) => name.startsWith(`${number}/`))
        .map(([name, { shape, values }]) => {
          return { name: name.slice(`${number}/`.length), shape: Uint32Array.from(shape), values };
        });
      // Of one layer, which has neither, any does.
      const member = { ...rest, activation: activation ?? 'relu', slope: slope ?? 0, tensors: own };
      received[number] = { member: callNative(() => native().createMember(member)), record };
    }
  }
  return received;
}
