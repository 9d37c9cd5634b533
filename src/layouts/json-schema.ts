import * as z from 'zod';
import { anyLayoutSchema } from './kinds-of-layouts.js';

/** What a description of a layout must be, as JSON Schema: schemas/layout-1.schema.json. */
export function layoutJsonSchema(): object {
  return { title: 'Layout of files of samples', ...z.toJSONSchema(anyLayoutSchema, { io: 'input' }) };
}
