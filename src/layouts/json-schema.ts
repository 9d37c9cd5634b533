import * as z from 'zod';
import { layoutSchema } from './schema.js';

/** What a description of a layout must be, as JSON Schema: schemas/layout-1.schema.json. */
export function layoutJsonSchema(): object {
  return { title: 'Layout of shower files', ...z.toJSONSchema(layoutSchema, { io: 'input' }) };
}
